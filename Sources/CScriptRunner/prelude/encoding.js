// Strings to bytes and back, in the encodings that Buffer and the digests know. UTF-8 is native.
(function (native, shared) {
  'use strict'

  const names = {
    __proto__: null, utf8: 'utf8', 'utf-8': 'utf8', hex: 'hex', base64: 'base64', base64url: 'base64url',
    latin1: 'latin1', binary: 'latin1', ascii: 'ascii',
    utf16le: 'utf16le', 'utf-16le': 'utf16le', ucs2: 'utf16le', 'ucs-2': 'utf16le',
  }
  const fromBase64 = Uint8Array.fromBase64
  const { toBase64, toHex } = Uint8Array.prototype

  function encodingName(encoding) {
    if (encoding === undefined || encoding === null) return 'utf8'
    const name = names[String(encoding).toLowerCase()]
    if (!name) throw new TypeError(`Unknown encoding: ${encoding}`)
    return name
  }

  /** One byte for each unit of the text, its higher bits lost. */
  function encodeUnits(text) {
    const bytes = new Uint8Array(text.length)
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
    return bytes
  }

  function encodeUTF16(text) {
    const bytes = new Uint8Array(text.length * 2)
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      bytes[2 * i] = unit
      bytes[2 * i + 1] = unit >> 8
    }
    return bytes
  }

  /** As Node does: ends at the first character that is no digit, and forgets a half byte. */
  function encodeHex(text) {
    const digits = /^(?:[0-9a-f]{2})*/i.exec(text)[0]
    return Uint8Array.fromHex(digits)
  }

  /** As Node does: both alphabets, other characters skipped, the end at the first `=`. */
  function encodeBase64(text) {
    const end = text.indexOf('=')
    let digits = end < 0 ? text : text.slice(0, end)
    if (/[^A-Za-z0-9+/]/.test(digits)) {
      digits = digits.replace(/-/g, '+').replace(/_/g, '/').replace(/[^A-Za-z0-9+/]/g, '')
    }
    if (digits.length % 4 === 1) digits = digits.slice(0, -1)
    return fromBase64.call(Uint8Array, digits)
  }

  const encoders = {
    __proto__: null, utf8: native.encodeUTF8, hex: encodeHex, base64: encodeBase64, base64url: encodeBase64,
    latin1: encodeUnits, ascii: encodeUnits, utf16le: encodeUTF16,
  }

  function decodeUnits(bytes) {
    let text = ''
    for (let i = 0; i < bytes.length; i += 4096) {
      const part = new Uint8Array(bytes.buffer, bytes.byteOffset + i, Math.min(4096, bytes.length - i))
      text += String.fromCharCode.apply(null, part)
    }
    return text
  }

  function decodeUTF16(bytes) {
    let text = ''
    for (let i = 0; i + 1 < bytes.length; i += 2) text += String.fromCharCode(bytes[i] | (bytes[i + 1] << 8))
    return text
  }

  const decoders = {
    __proto__: null,
    utf8: (bytes) => native.decodeUTF8(bytes, false),
    hex: (bytes) => toHex.call(bytes),
    base64: (bytes) => toBase64.call(bytes),
    base64url: (bytes) => toBase64.call(bytes, { alphabet: 'base64url', omitPadding: true }),
    latin1: decodeUnits,
    ascii: (bytes) => decodeUnits(Uint8Array.from(bytes, (byte) => byte & 0x7f)),
    utf16le: decodeUTF16,
  }

  shared.encodings = names
  /** A new Uint8Array. */
  shared.encode = (text, encoding) => encoders[encodingName(encoding)](text)
  shared.decode = (bytes, encoding) => decoders[encodingName(encoding)](bytes)

  /** The bytes of a typed array, DataView or ArrayBuffer, without a copy; undefined for anything else. */
  shared.bytesOf = (value) => {
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined
  }

  shared.define = (target, members) => {
    for (const name of Reflect.ownKeys(members)) {
      const descriptor = Object.getOwnPropertyDescriptor(members, name)
      Object.defineProperty(target, name, { ...descriptor, enumerable: false })
    }
  }
})
