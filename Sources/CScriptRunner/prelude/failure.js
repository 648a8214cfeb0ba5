// What was thrown, told as {kind, name, message, line, column, stack} with places in the user's code.
(function (native, shared) {
  'use strict'

  const frame = /^(?:(.*)@)?script:(\d+):(\d+)$/
  const limits = { message: 4000, frames: 10 }

  /** What the compiled text has before the user's code, on its first line. */
  let prefix = 0
  shared.setPrefix = (length) => { prefix = length }

  /** The frames of the user's code, innermost first. */
  function framesOf(stack) {
    const frames = []
    if (typeof stack !== 'string') return frames
    for (const text of stack.slice(0, 20_000).split('\n')) {
      const match = frame.exec(text)
      if (!match) continue
      const line = Number(match[2])
      const column = Number(match[3]) - (line === 1 ? prefix : 0)
      // The engine also tells the call of the async function itself, which lies before the user's code.
      if (column < 1) continue
      frames.push({ name: match[1], line, column })
      if (frames.length === limits.frames) break
    }
    return frames
  }

  function headline(error) {
    const name = text(error.name ?? 'Error')
    const message = text(error.message)
    return message ? `${name}: ${message}` : name
  }

  const text = (value) => {
    const whole = value === undefined ? '' : String(value)
    return whole.length > limits.message ? whole.slice(0, limits.message) + '…' : whole
  }

  function frameText({ name, line, column }) {
    const place = `script:${line}:${column}`
    return `\n    at ${name ? `${name} (${place})` : place}`
  }
  const stackText = (error) => headline(error) + framesOf(error.stack).map(frameText).join('')

  function describeError(error) {
    const [place] = framesOf(error.stack)
    return {
      name: text(error.name ?? 'Error'), message: text(error.message), line: place?.line, column: place?.column,
      stack: stackText(error),
    }
  }

  function describeOther(value) {
    if (value === null || value === undefined) return { name: 'Error', message: `the script threw ${value}` }
    if (typeof value === 'string') return { name: 'Error', message: text(value) }
    if (typeof value !== 'object') return { name: 'Error', message: text(shared.inspect(value)) }
    return { name: 'Error', message: text(objectText(value)) }
  }

  /** As JSON if it is short enough for that. */
  function objectText(value) {
    try {
      return shared.resultText(value, 4 * limits.message)
    } catch {
      return shared.inspect(value)
    }
  }

  /** JSON text. Reading what was thrown runs user code, which may throw again. */
  shared.failureText = (kind, value) => {
    let told
    try {
      told = Error.isError(value) ? describeError(value) : describeOther(value)
    } catch {
      told = { name: 'Error', message: 'the script threw a value that cannot be read' }
    }
    return JSON.stringify({ kind, ...told })
  }
  shared.headline = headline
  shared.stackText = stackText
})
