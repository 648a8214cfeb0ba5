// How log lines look: for people or for machines.

package enum LogFormat: String, Sendable, CaseIterable {
  case text
  case json
}
