// The first half of the URL Standard's basic URL parser: the states up to the path.
(function (native, shared) {
  'use strict'

  const { percent, parseHost } = shared
  const { PathParser, ports, shorten, isSpecial, isDriveLetter, isNormalDriveLetter } = shared.urlParts
  const failure = { toString: () => 'not a URL' }

  const isLetter = (c) => c !== undefined && /^[a-z]$/i.test(c)
  const startsWithDriveLetter = (text) => /^[a-z][:|](?:[/\\?#]|$)/i.test(text)
  const isOpaque = (url) => typeof url.path === 'string'

  class Parser extends PathParser {
    endsAuthority(c) {
      return c === undefined || c === '/' || c === '?' || c === '#' || (c === '\\' && isSpecial(this.url))
    }

    /** Parts of the base. */
    take(base, ...parts) {
      for (const part of parts) this.url[part] = part === 'path' && !isOpaque(base) ? [...base.path] : base[part]
    }

    schemeStart(c) {
      if (isLetter(c)) {
        this.buffer += c.toLowerCase()
        this.state = 'scheme'
      } else if (!this.override) this.again('noScheme')
      else throw failure
    }

    scheme(c) {
      if (c !== undefined && /^[a-z0-9+.-]$/i.test(c)) {
        this.buffer += c.toLowerCase()
      } else if (c === ':') {
        if (this.override) return this.changeScheme()
        this.url.scheme = this.buffer
        this.buffer = ''
        this.afterScheme()
      } else if (!this.override) {
        this.buffer = ''
        this.at = -1
        this.state = 'noScheme'
      } else throw failure
    }

    changeScheme() {
      const { url, buffer } = this
      this.done = true
      if (isSpecial(url) !== buffer in ports) return
      if (buffer === 'file' && (url.username || url.password || url.port !== null)) return
      if (url.scheme === 'file' && !url.host) return
      url.scheme = buffer
      if (url.port === ports[buffer]) url.port = null
    }

    afterScheme() {
      const { url, base } = this
      if (url.scheme === 'file') this.state = 'file'
      else if (isSpecial(url)) {
        this.state = base?.scheme === url.scheme ? 'specialRelativeOrAuthority' : 'specialSlashes'
      } else if (this.input[this.at + 1] === '/') {
        this.state = 'pathOrAuthority'
        this.at++
      } else {
        url.path = ''
        this.state = 'opaquePath'
      }
    }

    noScheme(c) {
      const { base } = this
      if (!base || (isOpaque(base) && c !== '#')) throw failure
      if (isOpaque(base)) {
        this.take(base, 'scheme', 'path', 'query')
        this.startTail(c)
      } else this.again(base.scheme === 'file' ? 'file' : 'relative')
    }

    specialRelativeOrAuthority(c) {
      if (c === '/' && this.input[this.at + 1] === '/') {
        this.state = 'specialIgnoreSlashes'
        this.at++
      } else this.again('relative')
    }

    pathOrAuthority(c) {
      if (c === '/') this.state = 'authority'
      else this.again('path')
    }

    relative(c) {
      const { url, base } = this
      url.scheme = base.scheme
      if (c === '/' || (c === '\\' && isSpecial(url))) {
        this.state = 'relativeSlash'
        return
      }
      this.take(base, 'username', 'password', 'host', 'port', 'path', 'query')
      if (c === '?' || c === '#') this.startTail(c)
      else if (c !== undefined) {
        url.query = null
        shorten(url)
        this.again('path')
      }
    }

    relativeSlash(c) {
      if (isSpecial(this.url) && (c === '/' || c === '\\')) this.state = 'specialIgnoreSlashes'
      else if (c === '/') this.state = 'authority'
      else {
        this.take(this.base, 'username', 'password', 'host', 'port')
        this.again('path')
      }
    }

    specialSlashes(c) {
      this.state = 'specialIgnoreSlashes'
      if (c === '/' && this.input[this.at + 1] === '/') this.at++
      else this.at--
    }

    specialIgnoreSlashes(c) {
      if (c !== '/' && c !== '\\') this.again('authority')
    }

    authority(c) {
      if (c === '@') {
        this.credentials((this.sawAt ? '%40' : '') + this.buffer)
        this.sawAt = true
        this.buffer = ''
      } else if (this.endsAuthority(c)) {
        if (this.sawAt && this.buffer === '') throw failure
        this.at -= [...this.buffer].length + 1
        this.buffer = ''
        this.state = 'host'
      } else this.buffer += c
    }

    credentials(text) {
      for (const c of text) {
        if (c === ':' && !this.sawPassword) this.sawPassword = true
        else this.url[this.sawPassword ? 'password' : 'username'] += percent.encode(c, percent.userinfo)
      }
    }

    host(c) {
      const { url } = this
      if (this.override && url.scheme === 'file') return this.again('fileHost')
      if (c === ':' && !this.inBrackets) {
        if (this.buffer === '' || this.override === 'hostname') throw failure
        url.host = this.parsedHost()
        this.state = 'port'
      } else if (this.endsAuthority(c)) {
        if (this.buffer === '' && isSpecial(url)) throw failure
        if (this.override && this.buffer === '' && (url.username || url.password || url.port !== null)) throw failure
        url.host = this.parsedHost()
        this.again('pathStart')
        if (this.override) this.done = true
      } else {
        if (c === '[') this.inBrackets = true
        else if (c === ']') this.inBrackets = false
        this.buffer += c
      }
    }
    hostname(c) { this.host(c) }

    parsedHost() {
      const host = this.buffer === '' ? '' : parseHost(this.buffer, !isSpecial(this.url))
      if (host === null) throw failure
      this.buffer = ''
      return host
    }

    port(c) {
      const { url } = this
      if (c >= '0' && c <= '9') {
        this.buffer += c
      } else if (this.endsAuthority(c) || this.override) {
        if (this.buffer !== '') {
          const port = Number(this.buffer)
          if (port > 65535) throw failure
          url.port = port === ports[url.scheme] ? null : port
          this.buffer = ''
        }
        if (this.override) this.done = true
        else this.again('pathStart')
      } else throw failure
    }

    file(c) {
      const { url, base } = this
      url.scheme = 'file'
      url.host = ''
      if (c === '/' || c === '\\') this.state = 'fileSlash'
      else if (base?.scheme === 'file') {
        this.take(base, 'host', 'path', 'query')
        if (c === '?' || c === '#') this.startTail(c)
        else if (c !== undefined) {
          url.query = null
          if (startsWithDriveLetter(this.rest())) url.path = []
          else shorten(url)
          this.again('path')
        }
      } else this.again('path')
    }

    fileSlash(c) {
      if (c === '/' || c === '\\') {
        this.state = 'fileHost'
        return
      }
      const { url, base } = this
      if (base?.scheme === 'file') {
        url.host = base.host
        const drive = base.path[0] ?? ''
        if (!startsWithDriveLetter(this.rest()) && isNormalDriveLetter(drive)) url.path.push(drive)
      }
      this.again('path')
    }

    fileHost(c) {
      const { url } = this
      if (c !== undefined && !/^[/\\?#]$/.test(c)) {
        this.buffer += c
        return
      }
      if (!this.override && isDriveLetter(this.buffer)) return this.again('path')
      const host = this.parsedHost()
      url.host = host === 'localhost' ? '' : host
      this.again('pathStart')
      if (this.override) this.done = true
    }
  }

  /** The URL's record, or null. */
  shared.parseURL = (text, base, url, override) => {
    try {
      return new Parser(text, base, url, override).run()
    } catch (error) {
      if (error === failure) return null
      throw error
    }
  }
  shared.isSpecialURL = isSpecial
})
