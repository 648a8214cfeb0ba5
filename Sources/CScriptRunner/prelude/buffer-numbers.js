// Buffer's readers and writers of numbers, made from DataView's.
(function (native, shared) {
  'use strict'

  const kinds = [
    ['Int8', 1], ['Uint8', 1], ['Int16', 2], ['Uint16', 2], ['Int32', 4], ['Uint32', 4],
    ['BigInt64', 8], ['BigUint64', 8], ['Float32', 4, 'Float'], ['Float64', 8, 'Double'],
  ]
  const methods = {}
  const view = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)

  function checkOffset(buffer, offset, size) {
    if (typeof offset !== 'number') throw new TypeError('The offset must be a number')
    if (!Number.isInteger(offset) || offset < 0 || offset + size > buffer.length) {
      throw new RangeError(`The offset ${offset} is outside the buffer of ${buffer.length} bytes`)
    }
  }

  function checkRange(value, lowest, highest) {
    if (typeof value !== typeof lowest) throw new TypeError(`The value must be a ${typeof lowest}`)
    if (value >= lowest && value <= highest) return
    throw new RangeError(`The value ${value} does not fit: ${lowest} to ${highest}`)
  }

  /** The lowest and highest value of an integer type; nothing for the floating ones. */
  function rangeOf(type, size) {
    if (type.startsWith('Float')) return undefined
    const [low, high] = type.includes('Uint')
      ? [0n, 2n ** BigInt(8 * size) - 1n] : [-(2n ** BigInt(8 * size - 1)), 2n ** BigInt(8 * size - 1) - 1n]
    return type.startsWith('Big') ? [low, high] : [Number(low), Number(high)]
  }

  function add(name, type, size, little) {
    const [get, set, range] = ['get' + type, 'set' + type, rangeOf(type, size)]
    methods['read' + name] = function (offset = 0) {
      checkOffset(this, offset, size)
      return view(this)[get](offset, little)
    }
    methods['write' + name] = function (value, offset = 0) {
      if (range) checkRange(value, range[0], range[1])
      checkOffset(this, offset, size)
      view(this)[set](offset, value, little)
      return offset + size
    }
    const older = name.replace('Uint', 'UInt')
    if (older === name) return
    methods['read' + older] = methods['read' + name]
    methods['write' + older] = methods['write' + name]
  }

  for (const [type, size, name = type] of kinds) {
    if (size === 1) add(name, type, size)
    else for (const [order, little] of [['LE', true], ['BE', false]]) add(name + order, type, size, little)
  }

  /** Integers of 1 to 6 bytes. */
  function addSized(order, little) {
    const place = (i, size) => 2 ** (8 * (little ? i : size - 1 - i))
    const checkSize = (size) => {
      if (!(size >= 1 && size <= 6)) throw new RangeError('An integer has 1 to 6 bytes here')
    }
    methods['readUInt' + order] = methods['readUint' + order] = function (offset, size) {
      checkSize(size)
      checkOffset(this, offset, size)
      let value = 0
      for (let i = 0; i < size; i++) value += this[offset + i] * place(i, size)
      return value
    }
    methods['readInt' + order] = function (offset, size) {
      const value = this['readUInt' + order](offset, size)
      return value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value
    }
    methods['writeUInt' + order] = methods['writeUint' + order] = function (value, offset, size) {
      checkSize(size)
      checkRange(value, 0, 2 ** (8 * size) - 1)
      checkOffset(this, offset, size)
      for (let i = 0; i < size; i++) this[offset + i] = Math.trunc(value / place(i, size)) % 256
      return offset + size
    }
    methods['writeInt' + order] = function (value, offset, size) {
      checkSize(size)
      checkRange(value, -(2 ** (8 * size - 1)), 2 ** (8 * size - 1) - 1)
      return this['writeUInt' + order](value < 0 ? value + 2 ** (8 * size) : value, offset, size)
    }
  }
  addSized('LE', true)
  addSized('BE', false)

  /** Turns the order of the bytes in each group of `size` around, in place. */
  for (const size of [2, 4, 8]) {
    methods[`swap${8 * size}`] = function () {
      if (this.length % size !== 0) throw new RangeError(`The buffer's length must be a multiple of ${8 * size} bits`)
      for (let at = 0; at < this.length; at += size) this.subarray(at, at + size).reverse()
      return this
    }
  }

  shared.define(shared.Buffer.prototype, methods)
})
