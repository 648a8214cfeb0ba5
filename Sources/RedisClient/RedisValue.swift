// What Redis answers: ids, records and stream entries on their way back to ingest and worker.

package import NIOCore

/// One reply. The strings of one array share their memory: to keep a small part of a large reply, copy it.
package enum RedisValue: Sendable, Equatable {
  case null
  case string(ByteBuffer)
  case status(String)
  case integer(Int64)
  case array([RedisValue])
  /// Only inside arrays (EXEC, scripts); an error as the whole reply fails the command instead.
  case error(RedisError)

  /// Strings and status lines as text (invalid UTF-8 repaired), integers in decimal; nil for anything else.
  package var text: String? {
    switch self {
    case .string(let buffer): String(buffer: buffer)
    case .status(let text): text
    case .integer(let number): String(number)
    case .null, .array, .error: nil
    }
  }

  package var bytes: ByteBuffer? {
    switch self {
    case .string(let buffer): buffer
    case .status(let text): ByteBuffer(string: text)
    case .null, .integer, .array, .error: nil
    }
  }

  /// An integer reply, or a string that is a whole decimal number.
  package var int: Int64? {
    switch self {
    case .integer(let number): number
    case .string(let buffer): Int64(String(buffer: buffer))
    case .status(let text): Int64(text)
    case .null, .array, .error: nil
    }
  }

  package var array: [RedisValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  package var isNull: Bool { self == .null }
}
