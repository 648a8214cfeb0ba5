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

  const fulfil = (value) => { outcome = value }
  const reject = (error) => {
    outcome = undefined
    reason = [error]
  }

  function start(script, input, consoleLimit) {
    const { $context = {}, $nodes = {}, $vars = {}, $env = {}, args = {} } = input
    Object.setPrototypeOf($context, contextBase)
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

  function evaluate(expression, input, limit) {
    const { $context = {}, $nodes = {}, $vars = {}, $env = {}, args = {} } = input
    Object.setPrototypeOf($context, contextBase)
    shared.setPrefix(shared.heads[1].length)
    let value
    try {
      value = expression($context, $context, $nodes, $vars, $env, args)
    } catch (error) {
      return failed('thrown', error)
    }
    return resultText(value, limit)
  }

  const { check, compile, consoleText } = shared
  shared.entries = { start, finish, evaluate, check, compile, consoleText }
})
