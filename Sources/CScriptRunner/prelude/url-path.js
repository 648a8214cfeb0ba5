// The second half of the URL Standard's basic URL parser: the cursor, and the states from the path on. A state is a
// method of its name, which takes the character there, undefined at the end.
(function (native, shared) {
  'use strict'

  const { percent } = shared
  const ports = { __proto__: null, http: 80, https: 443, ws: 80, wss: 443, ftp: 21, file: null }

  const isSpecial = (url) => url.scheme in ports
  const isDriveLetter = (text) => /^[a-z][:|]$/i.test(text)
  const isNormalDriveLetter = (text) => /^[a-z]:$/i.test(text)
  const isSingleDot = (part) => /^(?:\.|%2e)$/i.test(part)
  const isDoubleDot = (part) => /^(?:\.|%2e){2}$/i.test(part)

  function shorten(url) {
    if (url.scheme === 'file' && url.path.length === 1 && isNormalDriveLetter(url.path[0])) return
    url.path.pop()
  }

  const newURL = () => ({
    scheme: '', username: '', password: '', host: null, port: null, path: [], query: null, fragment: null,
  })

  /** Without controls and blanks at its ends. A regular expression would begin anew at each blank. */
  function trimmed(text) {
    let [start, end] = [0, text.length]
    while (start < end && text.charCodeAt(start) <= 0x20) start++
    while (end > start && text.charCodeAt(end - 1) <= 0x20) end--
    return text.slice(start, end)
  }

  class PathParser {
    /** `override` is the state in which a setter enters; it changes `url` in place. */
    constructor(text, base, url, override) {
      this.base = base
      this.override = override
      this.url = url ?? newURL()
      if (!url) text = trimmed(text)
      this.input = [...text.replace(/[\t\n\r]/g, '')]
      this.state = override ?? 'schemeStart'
      this.buffer = ''
      this.at = 0
      this.done = this.sawAt = this.sawPassword = this.inBrackets = false
    }

    run() {
      for (; !this.done && this.at <= this.input.length; this.at++) this[this.state](this.input[this.at])
      return this.url
    }

    rest(from = 0) { return this.input.slice(this.at + from).join('') }
    /** Goes to a state, which takes this character again. */
    again(state) {
      this.state = state
      this.at--
    }

    /** The query or fragment that begins here. */
    startTail(c) {
      this.url[c === '?' ? 'query' : 'fragment'] = ''
      this.state = c === '?' ? 'query' : 'fragment'
    }

    pathStart(c) {
      const { url } = this
      if (isSpecial(url)) {
        this.state = 'path'
        if (c !== '/' && c !== '\\') this.at--
      } else if (!this.override && (c === '?' || c === '#')) this.startTail(c)
      else if (c !== undefined) {
        this.state = 'path'
        if (c !== '/') this.at--
      } else if (this.override && url.host === null) url.path.push('')
    }

    path(c) {
      const slash = c === '/' || (c === '\\' && isSpecial(this.url))
      const tail = !this.override && (c === '?' || c === '#')
      if (c !== undefined && !slash && !tail) {
        this.buffer += percent.encode(c, percent.path)
        return
      }
      this.endOfPart(slash)
      if (tail) this.startTail(c)
    }

    endOfPart(slash) {
      const { url } = this
      let part = this.buffer
      this.buffer = ''
      if (isDoubleDot(part)) {
        shorten(url)
        if (!slash) url.path.push('')
      } else if (isSingleDot(part)) {
        if (!slash) url.path.push('')
      } else {
        if (url.scheme === 'file' && url.path.length === 0 && isDriveLetter(part)) part = part[0] + ':'
        url.path.push(part)
      }
    }

    opaquePath(c) {
      if (c === '?' || c === '#') this.startTail(c)
      else if (c !== undefined) this.url.path += percent.encode(c, percent.control)
    }

    query(c) {
      if (c !== undefined && (c !== '#' || this.override)) {
        this.buffer += c
        return
      }
      this.url.query += percent.encode(this.buffer, isSpecial(this.url) ? percent.specialQuery : percent.query)
      this.buffer = ''
      if (c === '#') this.startTail(c)
    }

    fragment(c) {
      if (c !== undefined) this.url.fragment += percent.encode(c, percent.fragment)
    }
  }

  shared.urlParts = { PathParser, ports, shorten, isSpecial, isDriveLetter, isNormalDriveLetter }
})
