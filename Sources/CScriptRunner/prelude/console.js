// The console of a run: entries {level, text}, up to a limit.
(function (native, shared) {
  'use strict'

  let entries = []
  let room = 0
  const dropped = { level: 'warn', text: '… further output dropped' }

  function size(values) {
    let sum = 0
    for (const value of values) if (typeof value === 'string') sum += value.length
    return sum
  }

  function add(level, values) {
    if (room < 0) return
    // Looks at lengths before it makes any text.
    let text = size(values) <= room ? shared.format(values) : undefined
    if (text === undefined || text.length + level.length > room) {
      room = -1
      entries.push(dropped)
      return
    }
    room -= text.length + level.length
    entries.push({ level, text })
  }

  shared.console = {}
  for (const level of ['log', 'info', 'warn', 'error', 'debug']) {
    shared.console[level] = { [level](...values) { add(level, values) } }[level]
  }

  shared.startConsole = (limit) => {
    entries = []
    room = limit
  }
  /** The entries as JSON; undefined if there are none. */
  shared.consoleText = () => {
    if (entries.length === 0) return undefined
    const text = JSON.stringify(entries)
    entries = []
    return text
  }
})
