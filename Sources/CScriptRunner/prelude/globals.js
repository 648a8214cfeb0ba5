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

  const timers = 'a script ends when its promise settles; to wait, use a `delay` node'
  define(globalThis, {
    queueMicrotask,
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
