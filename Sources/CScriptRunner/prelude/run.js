// What the process calls for each request. Scripts are started, and finished after their microtasks have run.
(function (native, shared) {
  'use strict'

  /** Behind `$context`: `body` is an alias there, as in templates. */
  const contextBase = Object.freeze({ get body() { return this.data } })
  const pending = {}
  let outcome
  let reason

  /** A list tells an error from a value's text. */
  function failed(kind, value) {
    const refused = shared.ResultError.kindOf(value)
    if (refused) return [JSON.stringify({ kind: refused, name: 'ResultError', message: value.message })]
    return [shared.failureText(kind, value)]
  }

  function resultText(value, limit) {
    try {
      return shared.resultText(value, limit)
    } catch (error) {
      return failed('thrown', error)
    }
  }

  /** What JavaScript makes of a value where it asks for a condition. */
  function truth(value) {
    if (!(value instanceof Promise)) return value ? 'true' : 'false'
    throw new shared.ResultError('the condition is a promise, which always holds; there is no await in expressions')
  }

  const fulfil = (value) => { outcome = value }
  const reject = (error) => {
    outcome = undefined
    reason = [error]
  }

  /** Before the first use of a call's input: what its code makes of the object afterwards stays so. */
  function prepare(input) {
    input.$context ??= {}
    Object.setPrototypeOf(input.$context, contextBase)
  }

  function start(script, input, consoleLimit) {
    const { $context, $nodes = {}, $vars = {}, $env = {}, args = {} } = input
    outcome = pending
    reason = undefined
    shared.setPrefix(shared.heads[0].length)
    shared.startConsole(consoleLimit)
    script($context, $context, $nodes, $vars, $env, args, shared.console, shared.require).then(fulfil, reject)
  }

  function finish(limit) {
    const [value, thrown] = [outcome, reason]
    outcome = reason = undefined
    if (thrown) return failed('thrown', thrown[0])
    if (value !== pending) return resultText(value, limit)
    return [JSON.stringify({
      kind: 'unsettled', name: 'Error', message: 'the script ended without its promise being settled',
    })]
  }

  /** The value of an expression, or a list as `failed` gives it. */
  function evaluate(expression, input, write, limit) {
    const { $context, $nodes = {}, $vars = {}, $env = {}, args = {} } = input
    shared.setPrefix(shared.heads[1].length)
    try {
      return write(expression($context, $context, $nodes, $vars, $env, args), limit)
    } catch (error) {
      return failed('thrown', error)
    }
  }

  const evaluateExpression = (expression, input, limit) => evaluate(expression, input, shared.resultText, limit)
  const evaluateCondition = (expression, input) => evaluate(expression, input, truth)

  const { check, compile, consoleText } = shared
  shared.contextBase = contextBase
  shared.entries = { prepare, start, finish, evaluateExpression, evaluateCondition, check, compile, consoleText }
})
