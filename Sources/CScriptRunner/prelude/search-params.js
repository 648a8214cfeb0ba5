// Percent encoding, and URLSearchParams as the URL Standard has it.
(function (native, shared) {
  'use strict'

  /** A table of 128: which ASCII characters an encode set has, beyond the controls and 0x7f. */
  function encodeSet(base, characters) {
    const set = new Uint8Array(128)
    for (let i = 0; i < 128; i++) set[i] = base ? base[i] : i < 0x20 || i === 0x7f ? 1 : 0
    for (const character of characters) set[character.charCodeAt(0)] = 1
    return set
  }
  const control = encodeSet(null, '')
  const fragment = encodeSet(control, ' "<>`')
  const query = encodeSet(control, ' "#<>')
  const path = encodeSet(query, '?^`{}')
  const userinfo = encodeSet(path, '/:;=@[\\]|')
  const form = encodeSet(encodeSet(userinfo, '$%&+,'), "!'()~")

  const hex = (byte) => '%' + (byte < 16 ? '0' : '') + byte.toString(16).toUpperCase()

  /** The characters of the set, and all beyond ASCII, as percent-encoded UTF-8. */
  function percentEncode(text, set) {
    let output = ''
    for (const character of text) {
      const code = character.codePointAt(0)
      if (code < 0x80) output += set[code] ? hex(code) : character
      else for (const byte of native.encodeUTF8(character)) output += hex(byte)
    }
    return output
  }

  function percentDecode(text) {
    if (!text.includes('%')) return native.encodeUTF8(text)
    const bytes = native.encodeUTF8(text)
    const output = new Uint8Array(bytes.length)
    let length = 0
    for (let i = 0; i < bytes.length; i++) {
      const digits = bytes[i] === 0x25 ? String.fromCharCode(bytes[i + 1], bytes[i + 2]) : ''
      if (/^[0-9a-f]{2}$/i.test(digits)) {
        output[length++] = parseInt(digits, 16)
        i += 2
      } else {
        output[length++] = bytes[i]
      }
    }
    return output.subarray(0, length)
  }

  const percentDecodeText = (text) => native.decodeUTF8(percentDecode(text), false)
  const parsePart = (text) => percentDecodeText(text.replace(/\+/g, ' '))

  function parseForm(text) {
    return text.split('&').filter((part) => part !== '').map((part) => {
      const at = part.indexOf('=')
      return at < 0 ? [parsePart(part), ''] : [parsePart(part.slice(0, at)), parsePart(part.slice(at + 1))]
    })
  }

  const formPart = (text) => percentEncode(text, form).replace(/%20/g, '+')
  const formText = (pairs) => pairs.map(([name, value]) => formPart(name) + '=' + formPart(value)).join('&')
  const scalar = (value) => String(value).toWellFormed()

  function pairsOf(init) {
    if (init === undefined || init === null) return []
    if (typeof init !== 'object' && typeof init !== 'function') {
      const text = scalar(init)
      return parseForm(text.startsWith('?') ? text.slice(1) : text)
    }
    if (typeof init[Symbol.iterator] !== 'function') {
      return Reflect.ownKeys(init)
        .filter((name) => Object.prototype.propertyIsEnumerable.call(init, name))
        .map((name) => [scalar(name), scalar(init[name])])
    }
    return Array.from(init, (pair) => {
      const values = Array.from(pair)
      if (values.length !== 2) throw new TypeError('Each pair of a query must have a name and a value')
      return values.map(scalar)
    })
  }

  class URLSearchParams {
    #pairs
    /** Tells the URL whose query this is that it has to be written again. */
    #changed = () => {}

    constructor(init) {
      this.#pairs = pairsOf(init)
    }

    /** Binds a query to its URL. Not for scripts: taken off the class below. */
    static bind(params, changed) {
      params.#changed = changed
    }
    static reset(params, text) {
      params.#pairs = parseForm(text)
    }
    static text(params) { return formText(params.#pairs) }

    get size() { return this.#pairs.length }

    append(name, value) {
      this.#pairs.push([scalar(name), scalar(value)])
      this.#changed()
    }

    delete(name, value) {
      name = scalar(name)
      const wanted = value === undefined ? undefined : scalar(value)
      this.#pairs = this.#pairs.filter((pair) => pair[0] !== name || (wanted !== undefined && pair[1] !== wanted))
      this.#changed()
    }

    get(name) {
      name = scalar(name)
      return this.#pairs.find((pair) => pair[0] === name)?.[1] ?? null
    }

    getAll(name) {
      name = scalar(name)
      return this.#pairs.filter((pair) => pair[0] === name).map((pair) => pair[1])
    }

    has(name, value) {
      name = scalar(name)
      const wanted = value === undefined ? undefined : scalar(value)
      return this.#pairs.some((pair) => pair[0] === name && (wanted === undefined || pair[1] === wanted))
    }

    set(name, value) {
      name = scalar(name)
      const first = this.#pairs.findIndex((pair) => pair[0] === name)
      if (first < 0) return this.append(name, value)
      this.#pairs = this.#pairs.filter((pair, i) => pair[0] !== name || i === first)
      this.#pairs[first] = [name, scalar(value)]
      this.#changed()
    }

    sort() {
      this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))
      this.#changed()
    }

    forEach(callback, thisArgument) {
      for (const [name, value] of this) callback.call(thisArgument, value, name, this)
    }

    *entries() {
      for (let i = 0; i < this.#pairs.length; i++) yield [...this.#pairs[i]]
    }
    *keys() {
      for (const [name] of this) yield name
    }
    *values() {
      for (const [, value] of this) yield value
    }
    [Symbol.iterator]() { return this.entries() }

    toString() { return formText(this.#pairs) }
    get [Symbol.toStringTag]() { return 'URLSearchParams' }
  }

  shared.bindParams = URLSearchParams.bind
  shared.resetParams = URLSearchParams.reset
  shared.paramsText = URLSearchParams.text
  delete URLSearchParams.bind
  delete URLSearchParams.reset
  delete URLSearchParams.text
  shared.percent = { encode: percentEncode, decodeText: percentDecodeText, control, fragment, query, path, userinfo }
  shared.percent.specialQuery = encodeSet(query, "'")
  shared.scalar = scalar
  shared.define(globalThis, { URLSearchParams })
})
