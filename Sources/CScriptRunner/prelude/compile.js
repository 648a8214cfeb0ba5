// User code to functions: a script is the body of an async function, an expression is what a function returns.
(function (native, shared) {
  'use strict'

  const AsyncFunction = (async () => {}).constructor
  const parameters = '$context,context,$nodes,$vars,$env,args'
  // In a block of its own the code may declare names that the parameters have.
  const scriptHead = `(async function(${parameters},console,require){"use strict";{`
  const expressionHead = `(function(${parameters}){"use strict";return (`

  /** Ways to parse the code on its own, so that it cannot close what is around it; each form has to pass all of its. */
  const parsers = [
    [
      (code) => new AsyncFunction('"use strict";' + code),
      (code) => new AsyncFunction('"use strict";{' + code + '\n}'),
    ],
    // What is an expression within one kind of bracket only is none.
    [
      (code) => new Function('"use strict";return (' + code + '\n)'),
      (code) => new Function('"use strict";return [' + code + '\n]'),
    ],
  ]
  // A condition is an expression of which only the truth counts.
  parsers.push(parsers[1])

  function problem(parse, code) {
    try {
      parse(code)
    } catch (error) {
      return error
    }
    return undefined
  }

  /**
   * The engine tells the line only. The column is that of the token with which the shortest beginning of the line that
   * has this error ends.
   */
  function told(parse, code, error) {
    const lines = code.split('\n')
    // The engine writes two lines before the body.
    const line = Math.min(Math.max(1, error.line - 2), lines.length)
    const before = lines.slice(0, line - 1).map((text) => text + '\n').join('')
    const text = lines[line - 1]
    let [low, high] = [0, text.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (problem(parse, before + text.slice(0, middle))?.message === error.message) high = middle
      else low = middle + 1
    }
    const token = /'([^']*)'/.exec(error.message)?.[1] ?? ''
    if (text.slice(0, low).endsWith(token)) return { message: error.message, line, column: low - token.length + 1 }
    // What the engine met there is what stands behind the user's code.
    const message = error.message.startsWith('Unexpected token') ? 'Unexpected end of the code' : error.message
    return { message, line, column: Math.max(1, low) }
  }

  /** JSON text of the syntax error, undefined if there is none. */
  shared.check = (form, code) => {
    for (const parse of parsers[form]) {
      const error = problem(parse, code)
      if (error) return JSON.stringify({ kind: 'syntax', name: 'SyntaxError', ...told(parse, code, error) })
    }
    return undefined
  }

  /** A function, or the text of `check`. */
  shared.compile = (form, code) => {
    const text = shared.check(form, code)
    if (text !== undefined) return text
    try {
      return native.evaluate(form === 0 ? scriptHead + code + '\n}})' : expressionHead + code + '\n)})')
    } catch {
      // What is around the code was the last level of nesting that the engine does not bear.
      return JSON.stringify({ kind: 'syntax', name: 'SyntaxError', message: 'the code is nested too deeply', line: 1 })
    }
  }
  shared.heads = [scriptHead, expressionHead]
})
