// What a script gives back, as JSON. What JSON would silently lose or refuse is an error that names its path.
(function (native, shared) {
  'use strict'

  const deepest = 512
  const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function'

  class ResultError extends Error {
    #kind

    constructor(message, kind = 'result') {
      super(message)
      this.#kind = kind
    }

    /** The kind of such an error, undefined for anything else; asks nothing of what a script made. */
    static kindOf(value) { return isObject(value) && #kind in value ? value.#kind : undefined }
  }

  function pathText(path) {
    return path.map((key, i) =>
      i === 0 ? key : typeof key === 'number' ? `[${key}]`
        : /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`).join('')
  }

  /** Looks through a value before it is written. `room` is a lower bound of the text's length that is left. */
  class Walk {
    path = ['result']
    ancestors = []

    constructor(limit) {
      this.room = this.limit = limit
    }

    spend(length) {
      this.room -= length
      if (this.room < 0) throw new ResultError(`the result is larger than ${this.limit} bytes`, 'limit')
    }

    refuse(what) { throw new ResultError(`${pathText(this.path)} is ${what}`) }

    visit(value, key) {
      if (typeof value === 'object' ? value !== null : typeof value === 'bigint') {
        const convert = value.toJSON
        if (typeof convert === 'function') value = convert.call(value, key)
      }
      switch (typeof value) {
        case 'string': return this.spend(value.length + 2)
        case 'object': return value === null ? this.spend(4) : this.visitObject(value)
        case 'function': return this.refuse('a function')
        case 'symbol': return this.refuse('a symbol')
        case 'bigint': return this.refuse('a BigInt; write String(value) or Number(value)')
        default: return this.spend(1)
      }
    }

    visitObject(value) {
      if (this.ancestors.length >= deepest) {
        throw new ResultError(`the result is nested more than ${deepest} levels deep`)
      }
      this.ancestors.push(value)
      this.spend(2)
      if (Array.isArray(value)) this.visitItems(value)
      else this.visitMembers(value)
      this.ancestors.pop()
    }

    visitItems(value) {
      const last = this.path.length
      for (let i = 0; i < value.length; i++) {
        this.path[last] = i
        this.spend(1)
        this.visit(value[i], i)
      }
      this.path.length = last
    }

    visitMembers(value) {
      const keys = Object.keys(value)
      if (keys.length === 0) {
        if (value instanceof Promise) this.refuse('a promise; await it')
        return
      }
      const last = this.path.length
      for (let i = 0; i < keys.length; i++) {
        this.path[last] = keys[i]
        const member = value[keys[i]]
        if (member === undefined) continue
        this.spend(keys[i].length + 3)
        this.visit(member, keys[i])
      }
      this.path.length = last
    }
  }

  /** A cycle shows itself at the limit of depth or size; its message has the path where it closes. */
  function cycle(walk) {
    const { ancestors, path } = walk
    for (let end = 1; end < ancestors.length; end++) {
      if (ancestors.indexOf(ancestors[end]) === end) continue
      return `${pathText(path.slice(0, end + 1))} is a cycle: it contains itself`
    }
    return undefined
  }

  /** The value's JSON text. Throws a ResultError, or what the value's own code throws. */
  shared.resultText = (value, limit) => {
    if (value === undefined) return 'null'
    const walk = new Walk(limit)
    try {
      walk.visit(value, '')
    } catch (error) {
      const text = ResultError.kindOf(error) && cycle(walk)
      throw text ? new ResultError(text) : error
    }
    return JSON.stringify(value) ?? 'null'
  }
  shared.ResultError = ResultError
})
