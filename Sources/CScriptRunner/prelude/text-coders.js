// TextEncoder, TextDecoder, atob and btoa.
(function (native, shared) {
  'use strict'

  /** What windows-1252, which every label of Latin-1 means, has at 0x80 to 0x9f. */
  const windows1252 =
    '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
    '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178'
  const labels = {
    __proto__: null, 'utf-8': 'utf-8', utf8: 'utf-8', 'unicode-1-1-utf-8': 'utf-8',
    'utf-16le': 'utf-16le', 'utf-16': 'utf-16le', 'ucs-2': 'utf-16le', unicode: 'utf-16le', 'utf-16be': 'utf-16be',
    unicode11utf8: 'utf-8', unicode20utf8: 'utf-8', 'x-unicode20utf8': 'utf-8', csunicode: 'utf-16le',
    'iso-10646-ucs-2': 'utf-16le', unicodefeff: 'utf-16le', unicodefffe: 'utf-16be',
  }
  const latin = [
    'ansi_x3.4-1968', 'ascii', 'cp1252', 'cp819', 'csisolatin1', 'ibm819', 'iso-8859-1', 'iso-ir-100', 'iso8859-1',
    'iso88591', 'iso_8859-1', 'iso_8859-1:1987', 'l1', 'latin1', 'us-ascii', 'windows-1252', 'x-cp1252',
  ]
  for (const label of latin) labels[label] = 'windows-1252'

  class TextEncoder {
    get encoding() { return 'utf-8' }

    encode(text = '') { return native.encodeUTF8(String(text)) }

    encodeInto(text, target) {
      let read = 0
      let written = 0
      for (const character of String(text)) {
        const bytes = native.encodeUTF8(character)
        if (written + bytes.length > target.length) break
        target.set(bytes, written)
        read += character.length
        written += bytes.length
      }
      return { read, written }
    }
  }

  /** How many bytes at the end are the beginning of a character. */
  function unfinishedUTF8(bytes) {
    for (let back = 1; back <= 3 && back <= bytes.length; back++) {
      const byte = bytes[bytes.length - back]
      if (byte < 0x80) return 0
      if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0
    }
    return 0
  }

  function unfinishedUTF16(bytes, big) {
    const odd = bytes.length % 2
    const high = bytes[bytes.length - odd - (big ? 2 : 1)]
    return high >= 0xd8 && high <= 0xdb ? odd + 2 : odd
  }

  function joined(first, second) {
    const bytes = new Uint8Array(first.length + second.length)
    bytes.set(first)
    bytes.set(second, first.length)
    return bytes
  }

  class TextDecoder {
    #encoding
    #fatal
    #ignoreBOM
    #rest = new Uint8Array(0)
    #started = false

    constructor(label = 'utf-8', options) {
      this.#encoding = labels[String(label).trim().toLowerCase()]
      if (!this.#encoding) {
        throw new RangeError(`TextDecoder knows utf-8, utf-16le, utf-16be and windows-1252 (latin1), not "${label}"`)
      }
      this.#fatal = Boolean(options?.fatal)
      this.#ignoreBOM = Boolean(options?.ignoreBOM)
    }

    get encoding() { return this.#encoding }
    get fatal() { return this.#fatal }
    get ignoreBOM() { return this.#ignoreBOM }

    decode(input, options) {
      let bytes = input === undefined ? new Uint8Array(0) : shared.bytesOf(input)
      if (!bytes) throw new TypeError('TextDecoder.decode takes an ArrayBuffer or a view of one')
      if (this.#rest.length > 0) bytes = joined(this.#rest, bytes)
      this.#rest = new Uint8Array(0)
      if (options?.stream) {
        const end = bytes.length - this.#unfinished(bytes)
        this.#rest = bytes.slice(end)
        bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, end)
      }
      let text = this.#text(bytes)
      if (!this.#started && text.length > 0) {
        if (!this.#ignoreBOM && this.#encoding !== 'windows-1252' && text[0] === '\ufeff') text = text.slice(1)
        this.#started = true
      }
      if (!options?.stream) this.#started = false
      return text
    }

    #unfinished(bytes) {
      if (this.#encoding === 'utf-8') return unfinishedUTF8(bytes)
      return this.#encoding === 'windows-1252' ? 0 : unfinishedUTF16(bytes, this.#encoding === 'utf-16be')
    }

    #text(bytes) {
      const text = this.#encoding === 'utf-8' ? native.decodeUTF8(bytes, this.#fatal)
        : this.#encoding === 'windows-1252' ? this.#latin(bytes) : this.#wide(bytes)
      if (text === undefined) throw new TypeError(`The encoded data was not valid for encoding ${this.#encoding}`)
      return text
    }

    #latin(bytes) {
      return shared.decode(bytes, 'latin1').replace(/[\x80-\x9f]/g, (c) => windows1252[c.charCodeAt(0) - 0x80])
    }

    #wide(bytes) {
      let text
      if (this.#encoding === 'utf-16be') {
        const swapped = bytes.map((_, i) => bytes[i ^ 1])
        text = shared.decode(swapped, 'utf16le')
      } else {
        text = shared.decode(bytes, 'utf16le')
      }
      const whole = bytes.length % 2 === 0
      if (this.#fatal) return whole && text.isWellFormed() ? text : undefined
      return text.toWellFormed() + (whole ? '' : '\ufffd')
    }
  }

  function btoa(text) {
    text = String(text)
    if (/[^\0-\xff]/.test(text)) {
      throw shared.domException('The string has characters above U+00FF', 'InvalidCharacterError')
    }
    return shared.decode(shared.encode(text, 'latin1'), 'base64')
  }

  function atob(text) {
    let digits = String(text).replace(/[\t\n\f\r ]/g, '')
    if (digits.length % 4 === 0) digits = digits.replace(/={1,2}$/, '')
    if (digits.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(digits)) {
      throw shared.domException('The string is not correctly encoded', 'InvalidCharacterError')
    }
    return shared.decode(shared.encode(digits, 'base64'), 'latin1')
  }

  /** The numbers that errors had before they had names. */
  const codes = {
    __proto__: null, IndexSizeError: 1, HierarchyRequestError: 3, WrongDocumentError: 4, InvalidCharacterError: 5,
    NoModificationAllowedError: 7, NotFoundError: 8, NotSupportedError: 9, InUseAttributeError: 10,
    InvalidStateError: 11, SyntaxError: 12, InvalidModificationError: 13, NamespaceError: 14, InvalidAccessError: 15,
    TypeMismatchError: 17, SecurityError: 18, NetworkError: 19, AbortError: 20, URLMismatchError: 21,
    QuotaExceededError: 22, TimeoutError: 23, InvalidNodeTypeError: 24, DataCloneError: 25,
  }

  class DOMException extends Error {
    #name
    constructor(message = '', name = 'Error') {
      super(message)
      this.#name = String(name)
    }
    get name() { return this.#name }
    get code() { return codes[this.#name] ?? 0 }
  }

  shared.domException = (message, name) => new DOMException(message, name)
  shared.define(globalThis, { TextEncoder, TextDecoder, atob, btoa, DOMException })
})
