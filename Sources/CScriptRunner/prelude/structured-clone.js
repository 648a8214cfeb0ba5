// structuredClone as the HTML Standard has it, without transfers. A Proxy cannot be told from its target here.
(function (native, shared) {
  'use strict'

  const errors = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]
  const boxes = [Boolean, Number, String, BigInt]

  function cannotClone(value) {
    const what = typeof value === 'symbol' ? String(value) : Object.prototype.toString.call(value)
    throw shared.domException(`${what} could not be cloned`, 'DataCloneError')
  }

  /** What a built-in method finds in the value; undefined if it is not of the method's kind. */
  function inner(value, method) {
    try {
      return Reflect.apply(method, value, [])
    } catch {
      return undefined
    }
  }

  const put = (target, key, value) => {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  }
  const hide = (target, key, value) => {
    Object.defineProperty(target, key, { value, writable: true, enumerable: false, configurable: true })
  }

  class Cloning {
    #copies = new Map()

    clone(value) {
      if (typeof value === 'function' || typeof value === 'symbol') cannotClone(value)
      if (typeof value !== 'object' || value === null) return value
      return this.#copies.get(value) ?? this.#byKind(value)
    }

    /** Before its parts are copied, so that they can lead back to it. */
    #keep(value, copy) {
      this.#copies.set(value, copy)
      return copy
    }

    #byKind(value) {
      if (Object.getPrototypeOf(value) === Object.prototype) return this.#members(value, this.#keep(value, {}))
      if (Array.isArray(value)) return this.#members(value, this.#keep(value, new Array(value.length)))
      if (ArrayBuffer.isView(value)) return this.#view(value)
      if (Error.isError(value)) return this.#error(value)
      const copy = this.#simple(value)
      if (copy !== undefined) return this.#keep(value, copy)
      if (value instanceof Map && inner(value, Map.prototype.entries)) return this.#map(value)
      if (value instanceof Set && inner(value, Set.prototype.values)) return this.#set(value)
      if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) cannotClone(value)
      return this.#members(value, this.#keep(value, {}))
    }

    /** Of what has no parts. */
    #simple(value) {
      if (value instanceof Date) {
        const time = inner(value, Date.prototype.getTime)
        return time === undefined ? undefined : new Date(time)
      }
      if (value instanceof RegExp) return new RegExp(value.source, value.flags)
      if (value instanceof ArrayBuffer) return inner(value, ArrayBuffer.prototype.slice)
      for (const type of boxes) {
        if (!(value instanceof type)) continue
        const primitive = inner(value, type.prototype.valueOf)
        if (primitive !== undefined) return Object(primitive)
      }
      if (value instanceof Symbol) cannotClone(value)
      return undefined
    }

    #members(value, copy) {
      for (const key of Object.keys(value)) put(copy, key, this.clone(value[key]))
      return copy
    }

    #view(value) {
      const buffer = this.clone(value.buffer)
      if (value instanceof DataView) {
        return this.#keep(value, new DataView(buffer, value.byteOffset, value.byteLength))
      }
      // The kind of a typed array, whatever class of its own it has: a Buffer becomes a Uint8Array.
      const type = globalThis[value[Symbol.toStringTag]]
      return this.#keep(value, new type(buffer, value.byteOffset, value.length))
    }

    #map(value) {
      const copy = this.#keep(value, new Map())
      for (const [key, item] of [...Map.prototype.entries.call(value)]) copy.set(this.clone(key), this.clone(item))
      return copy
    }

    #set(value) {
      const copy = this.#keep(value, new Set())
      for (const item of [...Set.prototype.values.call(value)]) copy.add(this.clone(item))
      return copy
    }

    #error(value) {
      const name = String(value.name)
      const type = errors.find((each) => each.prototype.name === name) ?? Error
      const copy = this.#keep(value, new type())
      if (Object.hasOwn(value, 'message')) hide(copy, 'message', String(value.message))
      if (typeof value.stack === 'string') hide(copy, 'stack', value.stack)
      if (Object.hasOwn(value, 'cause')) hide(copy, 'cause', this.clone(value.cause))
      return copy
    }
  }

  function structuredClone(value) {
    if (arguments.length === 0) throw new TypeError('structuredClone takes a value')
    return new Cloning().clone(value)
  }

  shared.define(globalThis, { structuredClone })
})
