// Settings of a trigger whose meaning is the business of a floor above: who gets in, how often, and what counts as the
// same webhook. The loader knows only how to have them read.

package import JSONCodec

package struct TriggerExtension: Sendable {
  /// With JSON Schemas for editors.
  package let settings: [(name: String, schema: JSON)]
  /// Reads the settings and reports problems through the reader; what it returns then is never used.
  package let read: @Sendable (inout SettingsReader) -> any TriggerChecks

  package init(
    settings: [(name: String, schema: JSON)], read: @escaping @Sendable (inout SettingsReader) -> any TriggerChecks
  ) {
    self.settings = settings
    self.read = read
  }
}

/// What such settings have become.
package protocol TriggerChecks: AnyObject, Sendable {
  /// Methods that a sender uses besides those of the trigger, for its questions about this address.
  var furtherMethods: [String] { get }
  /// How long the answer of a synchronous execution may be asked for again by a repeated webhook.
  var replayWindow: Duration { get }
}
