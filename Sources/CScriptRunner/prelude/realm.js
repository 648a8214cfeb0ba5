// The last file: takes away what carries state from one run to the next, then freezes everything scripts can reach.
// What stays shared cannot be changed, so a run finds the realm as the first one did. Kept on purpose: Symbol.for and
// the objects of tagged templates, which hold no data; private fields that a class stamps on a frozen object, which
// only that class can read; the date and the time zone (UTC).
(function (native, shared) {
  'use strict'

  const { define } = shared
  const prototypeOf = Object.getPrototypeOf
  const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function'

  const removed = [
    'Atomics', 'FinalizationRegistry', 'ShadowRealm', 'SharedArrayBuffer', 'WeakRef', 'WebAssembly', 'console',
  ]
  for (const name of removed) delete globalThis[name]

  // RegExp.$1, RegExp.input and their like remember the last match of whatever script it was.
  for (const name of Object.getOwnPropertyNames(RegExp)) {
    if (!['length', 'name', 'prototype', 'escape'].includes(name)) delete RegExp[name]
  }

  // The engine's generator can be foretold from its numbers, and would be, from run to run.
  let numbers = new Uint32Array(0)
  let next = 0
  define(Math, {
    random() {
      if (next === numbers.length) {
        numbers = new Uint32Array(native.random(4096).buffer)
        next = 0
      }
      const high = numbers[next++] >>> 5
      return (high * 67108864 + (numbers[next++] >>> 6)) / 9007199254740992
    },
  })

  /** Values that only a getter leads to. */
  const repaired = []

  /**
   * Makes inherited members assignable on a script's own objects, as they are where nothing is frozen: a read-only
   * data property would refuse `error.name = …` or `Shape.prototype.toString = …`.
   */
  function repair(owner, names) {
    for (const name of names) {
      const descriptor = Object.getOwnPropertyDescriptor(owner, name)
      if (!descriptor || !('value' in descriptor) || !descriptor.configurable) continue
      const { value, enumerable } = descriptor
      repaired.push(value)
      Object.defineProperty(owner, name, {
        get: () => value,
        set(assigned) {
          if (this === owner) throw new TypeError(`${String(name)} is shared by all scripts and cannot be changed`)
          Object.defineProperty(this, name, { value: assigned, writable: true, enumerable: true, configurable: true })
        },
        enumerable,
      })
    }
  }

  const errors = [
    Error, AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, DOMException,
  ]
  repair(Object.prototype, Reflect.ownKeys(Object.prototype))
  for (const type of errors) repair(type.prototype, ['constructor', 'message', 'name', 'toString'])
  repair(Function.prototype, ['bind', 'call', 'apply', 'constructor', 'toString'])
  repair(prototypeOf(Int8Array.prototype), ['toString'])
  // The engine looks at some members of these itself, and is slower where it finds a getter.
  for (const type of [Array, RegExp, Promise]) repair(type.prototype, ['toString'])
  const free = [
    Date, Map, Set, WeakMap, WeakSet, Number, String, Boolean, BigInt, Symbol, ArrayBuffer, DataView, URL,
    URLSearchParams, TextEncoder, TextDecoder, shared.Buffer, shared.Hash, shared.Hmac,
  ]
  for (const { prototype } of free) repair(prototype, Object.getOwnPropertyNames(prototype))

  /** What only syntax or an iteration leads to. */
  function* hidden() {
    yield async function () {}
    yield function* () {}
    yield async function* () {}
    yield function () { 'use strict'; return arguments }()
    yield [][Symbol.iterator]()
    yield new Map()[Symbol.iterator]()
    yield new Set()[Symbol.iterator]()
    yield ''[Symbol.iterator]()
    yield ''.matchAll(/./g)
    yield Iterator.from({ next() {} })
    yield [].values().map((value) => value)
    yield (function* () {})()
    yield (async function* () {})()
    yield shared.crypto.createHash('md5')
    yield shared.crypto.createHmac('md5', '')
    if (Intl.Segmenter) {
      const segments = new Intl.Segmenter().segment('')
      yield segments
      yield segments[Symbol.iterator]()
    }
  }

  function reachable(roots) {
    const seen = new Set(roots)
    const visit = (value) => { if (isObject(value)) seen.add(value) }
    for (const object of seen) {
      visit(prototypeOf(object))
      for (const key of Reflect.ownKeys(object)) {
        const descriptor = Object.getOwnPropertyDescriptor(object, key)
        visit(descriptor.value)
        visit(descriptor.get)
        visit(descriptor.set)
      }
    }
    return seen
  }

  const roots = [
    globalThis, shared.console, shared.require, shared.modules, shared.contextBase, ...repaired.filter(isObject),
    ...hidden(),
  ]
  for (const object of reachable(roots)) Object.freeze(object)
})
