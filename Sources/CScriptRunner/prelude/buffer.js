// Buffer: bytes with Node's names for what scripts do with them.
(function (native, shared) {
  'use strict'

  const { encode, decode, bytesOf, encodings } = shared

  /** The same memory as a Buffer. */
  const wrap = (bytes) => new Buffer(bytes.buffer, bytes.byteOffset, bytes.byteLength)

  function bytesOrText(value, encoding, what) {
    if (typeof value === 'string') return encode(value, encoding)
    if (value instanceof Uint8Array) return value
    throw new TypeError(`${what} must be a string, a Buffer or a Uint8Array, not ${shared.kindOf(value)}`)
  }

  function compare(left, right) {
    const length = Math.min(left.length, right.length)
    for (let i = 0; i < length; i++) if (left[i] !== right[i]) return left[i] < right[i] ? -1 : 1
    return Math.sign(left.length - right.length)
  }

  /** An index as Array.prototype.slice takes it. */
  function clamp(index, length, missing) {
    if (index === undefined) return missing
    const whole = Math.trunc(Number(index)) || 0
    return whole < 0 ? Math.max(0, length + whole) : Math.min(whole, length)
  }

  function indexOf(buffer, value, offset, encoding, last) {
    if (typeof offset === 'string') [offset, encoding] = [undefined, offset]
    const searched = typeof value === 'number' ? [value & 0xff] : bytesOrText(value, encoding, 'The value to find')
    const highest = buffer.length - searched.length
    let at = Math.trunc(Number(offset))
    if (Number.isNaN(at)) at = last ? highest : 0
    else if (at < 0) at += buffer.length
    at = last ? Math.min(at, highest) : Math.max(at, 0)
    for (; at >= 0 && at <= highest; at += last ? -1 : 1) {
      let matched = 0
      while (matched < searched.length && buffer[at + matched] === searched[matched]) matched++
      if (matched === searched.length) return at
    }
    return -1
  }

  class Buffer extends Uint8Array {
    constructor(first, offset, length) {
      if (typeof first === 'string') throw new TypeError('Use Buffer.from(text, encoding)')
      super(first, offset, length)
    }

    static from(value, encodingOrOffset, length) {
      if (typeof value === 'string') return wrap(encode(value, encodingOrOffset))
      if (value instanceof ArrayBuffer) return new Buffer(value, encodingOrOffset, length)
      if (ArrayBuffer.isView(value) || Array.isArray(value)) return new Buffer(value)
      if (value?.type === 'Buffer' && Array.isArray(value.data)) return new Buffer(value.data)
      if (value instanceof String) return Buffer.from(String(value), encodingOrOffset)
      if (typeof value?.length === 'number') return new Buffer(Array.from(value))
      throw new TypeError(`Buffer.from takes a string, bytes, an ArrayBuffer or an array, not ${shared.kindOf(value)}`)
    }

    static alloc(size, fill, encoding) {
      if (typeof size !== 'number') throw new TypeError(`The size must be a number, not ${shared.kindOf(size)}`)
      if (!(size >= 0)) throw new RangeError('The size must not be negative')
      const buffer = new Buffer(Math.trunc(size))
      return fill === undefined || fill === 0 ? buffer : buffer.fill(fill, encoding)
    }

    static allocUnsafe(size) { return Buffer.alloc(size) }
    static allocUnsafeSlow(size) { return Buffer.alloc(size) }
    static isBuffer(value) { return value instanceof Buffer }
    static isEncoding(name) { return typeof name === 'string' && encodings[name.toLowerCase()] !== undefined }

    static byteLength(value, encoding) {
      return typeof value === 'string' ? encode(value, encoding).length : bytesOf(value).length
    }

    static compare(left, right) {
      if (left instanceof Uint8Array && right instanceof Uint8Array) return compare(left, right)
      throw new TypeError('Only Buffers and Uint8Arrays can be compared')
    }

    static concat(list, length) {
      if (!Array.isArray(list)) throw new TypeError(`Buffer.concat takes an array, not ${shared.kindOf(list)}`)
      for (const part of list) {
        if (part instanceof Uint8Array) continue
        throw new TypeError(`Each part must be a Buffer or a Uint8Array, not ${shared.kindOf(part)}`)
      }
      const total = length ?? list.reduce((sum, part) => sum + part.length, 0)
      const whole = Buffer.alloc(total)
      let at = 0
      for (const bytes of list) {
        whole.set(at + bytes.length > total ? bytes.subarray(0, total - at) : bytes, at)
        at = Math.min(total, at + bytes.length)
      }
      return whole
    }

    toString(encoding, start, end) {
      const from = Math.max(0, start === undefined ? 0 : Math.trunc(start) || 0)
      const to = Math.min(this.length, end === undefined ? this.length : Math.trunc(end) || 0)
      if (from >= to) return ''
      const isWhole = from === 0 && to === this.length
      return decode(isWhole ? this : new Uint8Array(this.buffer, this.byteOffset + from, to - from), encoding)
    }

    toLocaleString(encoding, start, end) { return this.toString(encoding, start, end) }
    toJSON() { return { type: 'Buffer', data: Array.from(this) } }
    equals(other) { return Buffer.compare(this, other) === 0 }

    compare(other, targetStart, targetEnd, start, end) {
      return compare(this.subarray(start ?? 0, end), other.subarray(targetStart ?? 0, targetEnd))
    }

    slice(start, end) { return this.subarray(start, end) }
    indexOf(value, offset, encoding) { return indexOf(this, value, offset, encoding, false) }
    lastIndexOf(value, offset, encoding) { return indexOf(this, value, offset, encoding, true) }
    includes(value, offset, encoding) { return indexOf(this, value, offset, encoding, false) >= 0 }

    copy(target, targetStart = 0, start = 0, end = this.length) {
      const bytes = this.subarray(start, Math.min(end, start + Math.max(0, target.length - targetStart)))
      target.set(bytes, targetStart)
      return bytes.length
    }

    fill(value, offset, end, encoding) {
      if (typeof offset === 'string') [offset, encoding] = [undefined, offset]
      else if (typeof end === 'string') [end, encoding] = [undefined, end]
      if (typeof value === 'number' || typeof value === 'boolean') return super.fill(Number(value), offset, end)
      const pattern = bytesOrText(value, encoding, 'The value to fill with')
      const to = clamp(end, this.length, this.length)
      if (pattern.length === 0) return super.fill(0, offset, to)
      for (let at = clamp(offset, this.length, 0), i = 0; at < to; at++, i++) this[at] = pattern[i % pattern.length]
      return this
    }

    write(text, offset, length, encoding) {
      if (typeof offset === 'string') [offset, length, encoding] = [0, undefined, offset]
      else if (typeof length === 'string') [length, encoding] = [undefined, length]
      if (typeof text !== 'string') throw new TypeError('Buffer.write takes a string')
      offset = offset ?? 0
      if (!(offset >= 0 && offset <= this.length)) throw new RangeError('The offset is outside the buffer')
      const bytes = encode(text, encoding)
      let count = Math.min(bytes.length, this.length - offset, length ?? Infinity)
      if (encodings[String(encoding ?? 'utf8').toLowerCase()] === 'utf8' && count < bytes.length) {
        // No part of a character.
        while (count > 0 && (bytes[count] & 0xc0) === 0x80) count--
      }
      this.set(bytes.subarray(0, count), offset)
      return count
    }
  }

  shared.kindOf = (value) => (value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value)
  shared.wrap = wrap
  shared.Buffer = Buffer
  shared.define(globalThis, { Buffer })
})
