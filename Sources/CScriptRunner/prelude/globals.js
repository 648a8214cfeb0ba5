// The other globals, what `require` gives, and clear words for what does not exist here.
(function (native, shared) {
  'use strict'

  const { define, Buffer } = shared

  function absent(name, instead) {
    return { [name]() { throw new Error(`${name} does not exist in scripts: ${instead}`) } }[name]
  }

  const resolved = Promise.resolve()
  function queueMicrotask(callback) {
    if (typeof callback !== 'function') throw new TypeError('queueMicrotask takes a function')
    resolved.then(() => callback())
  }

  function cannotClone(value) {
    const what = typeof value === 'function' ? 'A function' : String(value)
    throw shared.domException(`${what} could not be cloned`, 'DataCloneError')
  }

  const copied = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]

  function cloneObject(value, seen) {
    const kept = (copy) => {
      seen.set(value, copy)
      return copy
    }
    const members = (copy) => {
      for (const key of Object.keys(value)) copy[key] = clone(value[key], seen)
      return copy
    }
    if (Array.isArray(value)) return members(kept(new Array(value.length)))
    if (value instanceof Date) return new Date(value.getTime())
    if (value instanceof RegExp) return new RegExp(value.source, value.flags)
    if (value instanceof ArrayBuffer) return kept(value.slice(0))
    if (ArrayBuffer.isView(value)) {
      const buffer = clone(value.buffer, seen)
      return kept(value instanceof DataView
        ? new DataView(buffer, value.byteOffset, value.byteLength)
        : new (value instanceof Buffer ? Uint8Array : value.constructor)(buffer, value.byteOffset, value.length))
    }
    if (value instanceof Map) {
      const copy = kept(new Map())
      for (const [key, item] of value) copy.set(clone(key, seen), clone(item, seen))
      return copy
    }
    if (value instanceof Set) {
      const copy = kept(new Set())
      for (const item of value) copy.add(clone(item, seen))
      return copy
    }
    if (Error.isError(value)) {
      const type = copied.find((each) => each.prototype.name === value.name) ?? Error
      return kept(new type(value.message))
    }
    if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) cannotClone(value)
    return members(kept({}))
  }

  function clone(value, seen) {
    if (typeof value === 'function' || typeof value === 'symbol') cannotClone(value)
    if (typeof value !== 'object' || value === null) return value
    return seen.get(value) ?? cloneObject(value, seen)
  }

  const structuredClone = (value) => clone(value, new Map())

  const timers = 'a script ends when its promise settles; to wait, use a `delay` node'
  define(globalThis, {
    queueMicrotask, structuredClone,
    setTimeout: absent('setTimeout', timers),
    setInterval: absent('setInterval', timers),
    setImmediate: absent('setImmediate', timers),
    fetch: absent('fetch', 'use a `request` node'),
  })

  const modules = {
    __proto__: null,
    crypto: shared.crypto,
    buffer: { Buffer, atob, btoa },
    url: { URL, URLSearchParams },
    util: {
      TextEncoder, TextDecoder,
      inspect: (value) => shared.inspect(value),
      format: (...values) => shared.format(values),
    },
  }

  shared.require = function require(name) {
    const module = typeof name === 'string' ? modules[name.replace(/^node:/, '')] : undefined
    if (module) return module
    throw new Error(`Cannot find module '${String(name)}': scripts have ${Object.keys(modules).join(', ')}`)
  }
  shared.modules = modules
})
