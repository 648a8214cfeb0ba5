// One step of a workflow, and the types of steps that there are. What a type's settings mean is the engine's business;
// the loader knows only how to have them read.

package import JSONCodec

/// The compiled settings of one node type.
package protocol NodeSettings: Sendable {}

/// A class for the reason that `Workflow` is one.
package final class Node: Sendable {
  package let key: String
  package let type: String
  package let title: String?
  package let timeout: Duration?
  /// Its own, else the workflow's; nil for one attempt.
  package let retry: RetryPolicy?
  package let onUncertain: OnUncertain
  /// A failure becomes the result `{error: …}` and the execution goes on.
  package let continueOnError: Bool
  package let isDisabled: Bool
  package let settings: any NodeSettings

  /// What follows when nobody knows whether an effect happened, because its worker died meanwhile.
  package enum OnUncertain: String, Sendable, CaseIterable {
    case retry, fail
  }

  package init(
    key: String, type: String, title: String? = nil, timeout: Duration? = nil, retry: RetryPolicy? = nil,
    onUncertain: OnUncertain = .retry, continueOnError: Bool = false, isDisabled: Bool = false,
    settings: any NodeSettings
  ) {
    self.key = key
    self.type = type
    self.title = title
    self.timeout = timeout
    self.retry = retry
    self.onUncertain = onUncertain
    self.continueOnError = continueOnError
    self.isDisabled = isDisabled
    self.settings = settings
  }
}

/// A node type as the loader needs it.
package struct NodeType: Sendable {
  package let name: String
  /// JSON Schema of its own settings: an object schema with `properties` and perhaps `required`.
  package let schema: JSON
  /// What says how long a node without a `timeout` of its own may take; nil when it has one, as most do.
  package let timeLimit: String?
  /// Reads the settings and reports problems through the reader; what it returns then is never run.
  package let read: @Sendable (inout SettingsReader) -> any NodeSettings

  package init(
    name: String, schema: JSON, timeLimit: String? = nil,
    read: @escaping @Sendable (inout SettingsReader) -> any NodeSettings
  ) {
    self.name = name
    self.schema = schema
    self.timeLimit = timeLimit
    self.read = read
  }
}
