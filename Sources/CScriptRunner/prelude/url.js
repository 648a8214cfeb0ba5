// The URL class over the parser's records.
(function (native, shared) {
  'use strict'

  const { parseURL, scalar, percent, isSpecialURL } = shared

  const hostOf = (url) => (url.host === null ? '' : url.port === null ? url.host : `${url.host}:${url.port}`)
  const pathOf = (url) => (typeof url.path === 'string' ? url.path : url.path.map((part) => '/' + part).join(''))
  const cannotHaveCredentials = (url) => !url.host || url.scheme === 'file'

  function serialize(url, { fragment = true } = {}) {
    let text = url.scheme + ':'
    if (url.host !== null) {
      text += '//'
      if (url.username || url.password) text += url.username + (url.password ? ':' + url.password : '') + '@'
      text += hostOf(url)
    } else if (Array.isArray(url.path) && url.path.length > 1 && url.path[0] === '') {
      text += '/.'
    }
    text += pathOf(url)
    if (url.query !== null) text += '?' + url.query
    return fragment && url.fragment !== null ? text + '#' + url.fragment : text
  }

  function parse(text, base) {
    const baseURL = base === undefined ? undefined : parseURL(scalar(base))
    return baseURL === null ? null : parseURL(scalar(text), baseURL)
  }

  function invalid(text) {
    return Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: text })
  }

  class URL {
    #url
    #params
    /** Whether the query was changed by its parameters since it was written. */
    #isQueryStale = false

    constructor(text, base) {
      this.#url = parse(text, base)
      if (!this.#url) throw invalid(scalar(text))
    }

    static canParse(text, base) { return parse(text, base) !== null }
    static parse(text, base) { return URL.canParse(text, base) ? new URL(text, base) : null }

    get href() { return serialize(this.#written) }
    set href(value) {
      const url = parseURL(scalar(value))
      if (!url) throw invalid(scalar(value))
      this.#url = url
      this.#resetParams()
    }

    get origin() {
      const url = this.#url
      if (url.scheme === 'blob') {
        const inner = parseURL(pathOf(url))
        return inner && /^https?$/.test(inner.scheme) ? new URL(pathOf(url)).origin : 'null'
      }
      return isSpecialURL(url) && url.scheme !== 'file' ? `${url.scheme}://${hostOf(url)}` : 'null'
    }

    get protocol() { return this.#url.scheme + ':' }
    set protocol(value) { this.#change(scalar(value) + ':', 'schemeStart') }

    get username() { return this.#url.username }
    set username(value) {
      if (!cannotHaveCredentials(this.#url)) this.#url.username = percent.encode(scalar(value), percent.userinfo)
    }

    get password() { return this.#url.password }
    set password(value) {
      if (!cannotHaveCredentials(this.#url)) this.#url.password = percent.encode(scalar(value), percent.userinfo)
    }

    get host() { return hostOf(this.#url) }
    set host(value) { if (!this.#isOpaque) this.#change(scalar(value), 'host') }

    get hostname() { return this.#url.host ?? '' }
    set hostname(value) { if (!this.#isOpaque) this.#change(scalar(value), 'hostname') }

    get port() { return this.#url.port === null ? '' : String(this.#url.port) }
    set port(value) {
      if (cannotHaveCredentials(this.#url)) return
      if (scalar(value) === '') this.#url.port = null
      else this.#change(scalar(value), 'port')
    }

    get pathname() { return pathOf(this.#url) }
    set pathname(value) {
      if (this.#isOpaque) return
      this.#url.path = []
      this.#change(scalar(value), 'pathStart')
    }

    get search() {
      const { query } = this.#written
      return query ? '?' + query : ''
    }
    set search(value) {
      this.#setTail('query', scalar(value), '?')
      this.#resetParams()
    }

    get searchParams() {
      if (!this.#params) {
        this.#params = new URLSearchParams(this.#url.query ?? '')
        shared.resetParams(this.#params, this.#url.query ?? '')
        shared.bindParams(this.#params, () => { this.#isQueryStale = true })
      }
      return this.#params
    }

    get hash() { return this.#url.fragment ? '#' + this.#url.fragment : '' }
    set hash(value) { this.#setTail('fragment', scalar(value), '#') }

    toString() { return this.href }
    toJSON() { return this.href }
    get [Symbol.toStringTag]() { return 'URL' }

    get #written() {
      if (this.#isQueryStale) {
        this.#url.query = shared.paramsText(this.#params) || null
        this.#isQueryStale = false
      }
      return this.#url
    }

    get #isOpaque() { return typeof this.#url.path === 'string' }

    /** A part that does not parse stays as it is. */
    #change(text, state) { parseURL(text, undefined, this.#url, state) }

    #setTail(part, text, mark) {
      this.#url[part] = null
      if (text === '') return
      this.#url[part] = ''
      this.#change(text.startsWith(mark) ? text.slice(1) : text, part)
    }

    #resetParams() {
      this.#isQueryStale = false
      if (this.#params) shared.resetParams(this.#params, this.#url.query ?? '')
    }
  }

  shared.URL = URL
  shared.define(globalThis, { URL })
})
