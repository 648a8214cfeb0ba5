// Values as text for console and error messages: one line, in the manner of Node's util.inspect.
(function (native, shared) {
  'use strict'

  const identifier = /^[A-Za-z_$][\w$]*$/
  const limits = { depth: 2, items: 100, characters: 10_000, text: 200_000 }

  function quote(text) {
    const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes('`') ? '`' : "'"
    const body = JSON.stringify(text.slice(0, limits.characters)).slice(1, -1).replaceAll('\\"', '"')
    const more = text.length > limits.characters ? `... ${text.length - limits.characters} more characters` : ''
    return mark + (mark === "'" ? body.replaceAll("'", "\\'") : body) + mark + more
  }

  const keyText = (key) => (typeof key === 'symbol' ? `[${String(key)}]` : identifier.test(key) ? key : quote(key))

  function classOf(value) {
    for (let at = value; at !== null; at = Object.getPrototypeOf(at)) {
      const constructor = Object.getOwnPropertyDescriptor(at, 'constructor')
      const found = constructor?.value ?? constructor?.get?.call(at)
      if (typeof found === 'function' && found.name) return found.name
    }
    return null
  }

  function memberText(value, key, state) {
    const descriptor = Object.getOwnPropertyDescriptor(value, key)
    if (!descriptor) return 'undefined'
    if ('value' in descriptor) return inspectValue(descriptor.value, state)
    return descriptor.get ? (descriptor.set ? '[Getter/Setter]' : '[Getter]') : '[Setter]'
  }

  /** The enumerable members, without an array's items. */
  function members(value, state, skip) {
    const keys = Reflect.ownKeys(value).filter((key) =>
      !skip?.(key) && Object.prototype.propertyIsEnumerable.call(value, key))
    const shown = keys.slice(0, limits.items).map((key) => `${keyText(key)}: ${memberText(value, key, state)}`)
    return keys.length > limits.items ? [...shown, `... ${keys.length - limits.items} more`] : shown
  }

  function withRest(shown, count) {
    const rest = count - shown.length
    return rest > 0 ? [...shown, `... ${rest} more item${rest === 1 ? '' : 's'}`] : shown
  }

  function listed(list, count, text) {
    const shown = []
    for (const item of list) {
      if (shown.length === limits.items) break
      shown.push(text(item))
    }
    return withRest(shown, count)
  }

  const isIndex = (key) => typeof key === 'string' && /^\d+$/.test(key)
  const braces = (prefix, parts, [open, close] = '{}') => {
    const start = prefix ? prefix + ' ' : ''
    return parts.length === 0 ? start + open + close : `${start}${open} ${parts.join(', ')} ${close}`
  }

  function arrayItems(value, state) {
    const shown = []
    for (let i = 0; i < value.length && shown.length < limits.items; i++) {
      shown.push(Object.hasOwn(value, i) ? inspectValue(value[i], state) : '<empty>')
    }
    return withRest(shown, value.length)
  }

  function functionText(value, state) {
    const isClass = /^class\b/.test(Function.prototype.toString.call(value))
    const name = value.name ? ` ${isClass ? '' : ': '}${value.name}`.replace(' : ', ': ') : ' (anonymous)'
    const parts = members(value, state)
    const text = `[${isClass ? 'class' : classOf(value) ?? 'Function'}${name}]`
    return parts.length > 0 ? `${text} ${braces('', parts)}` : text
  }

  const told = ['name', 'message', 'stack', 'line', 'column', 'sourceURL']

  function errorText(error, state) {
    const parts = members(error, state, (key) => told.includes(key))
    if (Object.hasOwn(error, 'cause')) parts.push(`[cause]: ${inspectValue(error.cause, state)}`)
    const text = state.ancestors.length > 1 ? `[${shared.headline(error)}]` : shared.stackText(error)
    return parts.length > 0 ? braces(text, parts) : text
  }

  function objectText(value, state) {
    const name = classOf(value)
    if (Array.isArray(value)) {
      const parts = [...arrayItems(value, state), ...members(value, state, isIndex)]
      return braces(name === 'Array' ? '' : `${name}(${value.length})`, parts, '[]')
    }
    if (Error.isError(value)) return errorText(value, state)
    if (value instanceof shared.Buffer) {
      const digits = shared.decode(value.subarray(0, 50), 'hex').replace(/../g, ' $&')
      return `<Buffer${digits}${value.length > 50 ? ` ... ${value.length - 50} more bytes` : ''}>`
    }
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
    if (value instanceof RegExp) return String(value)
    if (value instanceof shared.URL) return String(value)
    if (value instanceof Promise) return 'Promise {}'
    if (value instanceof Map) {
      const pair = ([key, item]) => `${inspectValue(key, state)} => ${inspectValue(item, state)}`
      return braces(`Map(${value.size})`, listed(value, value.size, pair))
    }
    if (value instanceof Set) {
      return braces(`Set(${value.size})`, listed(value, value.size, (item) => inspectValue(item, state)))
    }
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      return braces(`${name}(${value.length})`, listed(value, value.length, String), '[]')
    }
    return braces(name === 'Object' ? '' : name ?? '[Object: null prototype]', members(value, state))
  }

  function inspectObject(value, state) {
    if (state.ancestors.includes(value)) return '[Circular]'
    if (state.ancestors.length > limits.depth && typeof value !== 'function') {
      return Array.isArray(value) ? '[Array]' : `[${classOf(value) ?? 'Object: null prototype'}]`
    }
    state.ancestors.push(value)
    try {
      return typeof value === 'function' ? functionText(value, state) : objectText(value, state)
    } finally {
      state.ancestors.pop()
    }
  }

  function inspectValue(value, state) {
    if (state.room <= 0) return '…'
    state.room -= typeof value === 'string' ? Math.min(value.length, limits.characters) + 8 : 8
    switch (typeof value) {
      case 'string': return quote(value)
      case 'number': return Object.is(value, -0) ? '-0' : String(value)
      case 'bigint': return `${value}n`
      case 'object': return value === null ? 'null' : inspectObject(value, state)
      case 'function': return inspectObject(value, state)
      default: return String(value)
    }
  }

  const inspect = (value) => inspectValue(value, { ancestors: [], room: limits.text })
  const plain = (value) => (typeof value === 'string' ? value : inspect(value))

  function numeric(value, convert) {
    return typeof value === 'object' ? 'NaN' : typeof value === 'bigint' ? inspect(value) : String(convert(value))
  }

  const directives = {
    __proto__: null,
    s: (value) => (typeof value === 'bigint' || typeof value === 'object' ? inspect(value) : String(value)),
    d: (value) => numeric(value, Number),
    i: (value) => numeric(value, parseInt),
    f: (value) => String(parseFloat(value)),
    j: (value) => JSON.stringify(value),
    o: inspect,
    O: inspect,
    c: () => '',
  }

  /** The arguments of a console call as one text. */
  function format(values) {
    const isFormat = typeof values[0] === 'string' && values.length > 1 && values[0].includes('%')
    if (!isFormat) return values.map(plain).join(' ')
    let next = 1
    const first = values[0].replace(/%([sdifjoOc%])/g, (text, directive) => {
      if (directive === '%') return '%'
      return next < values.length ? directives[directive](values[next++]) : text
    })
    return [first, ...values.slice(next).map(plain)].join(' ')
  }

  shared.inspect = inspect
  shared.format = format
})
