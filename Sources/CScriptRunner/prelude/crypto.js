// What require('crypto') gives: digests by libcrypto, random bytes by the kernel.
(function (native, shared) {
  'use strict'

  const { encode, bytesOf, wrap } = shared
  const algorithms = { __proto__: null, md5: 'MD5', sha1: 'SHA1', sha256: 'SHA256', sha384: 'SHA384', sha512: 'SHA512' }

  function algorithmNamed(name) {
    if (typeof name !== 'string') throw new TypeError('The digest must be named by a string')
    const algorithm = algorithms[name.toLowerCase().replace(/^rsa-|-/g, '')]
    if (!algorithm) throw new Error(`Invalid digest: ${name} (there are ${Object.keys(algorithms).join(', ')})`)
    return algorithm
  }

  /** Bytes that nobody else can change. */
  function ownBytes(data, encoding, what) {
    if (typeof data === 'string') return encode(data, encoding)
    const bytes = bytesOf(data)
    if (bytes) return new Uint8Array(bytes)
    throw new TypeError(`${what} must be a string, a Buffer, a typed array or a DataView, not ${shared.kindOf(data)}`)
  }

  /** Only this module makes digests: scripts reach the class by the constructor of an instance. */
  const token = Symbol('Hash')

  class Hash {
    #algorithm
    #key
    #parts = []
    #digested = false

    constructor(maker, algorithm, key) {
      if (maker !== token) throw new TypeError('Use createHash or createHmac')
      this.#algorithm = algorithm
      this.#key = key
    }

    update(data, encoding) {
      if (this.#digested) throw new Error('Digest already called')
      this.#parts.push(ownBytes(data, encoding, 'The data'))
      return this
    }

    digest(encoding) {
      if (this.#digested) throw new Error('Digest already called')
      this.#digested = true
      const bytes = this.#parts.length === 1 ? this.#parts[0] : shared.Buffer.concat(this.#parts)
      this.#parts = []
      const digest = wrap(native.digest(this.#algorithm, this.#key, bytes))
      return encoding === undefined || encoding === 'buffer' ? digest : digest.toString(encoding)
    }
  }

  class Hmac extends Hash {}

  function timingSafeEqual(left, right) {
    const [a, b] = [bytesOf(left), bytesOf(right)]
    if (!a || !b) throw new TypeError('timingSafeEqual takes two Buffers, typed arrays or DataViews')
    if (a.length !== b.length) {
      const error = new RangeError('Input buffers must have the same byte length')
      throw Object.assign(error, { code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH' })
    }
    let difference = 0
    for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i]
    return difference === 0
  }

  function randomBytes(size) {
    if (Number.isInteger(size) && size >= 0 && size <= 65536) return wrap(native.random(size))
    throw new RangeError('randomBytes gives 0 to 65536 bytes at a time')
  }

  function randomUUID() {
    const bytes = native.random(16)
    bytes[6] = (bytes[6] & 0x0f) | 0x40
    bytes[8] = (bytes[8] & 0x3f) | 0x80
    return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }

  Object.assign(shared, { Hash, Hmac })
  shared.crypto = {
    createHash: (name) => new Hash(token, algorithmNamed(name)),
    createHmac: (name, key) => new Hmac(token, algorithmNamed(name), ownBytes(key, 'utf8', 'The key')),
    getHashes: () => Object.keys(algorithms),
    randomBytes, randomUUID, timingSafeEqual,
  }
})
