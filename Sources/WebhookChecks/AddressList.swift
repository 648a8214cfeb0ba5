// `allow`: the addresses that a trigger takes webhooks from, compiled once: its own ranges, and lists by name.

import JSONCodec
package import ProcessSupport
import Workflows

package struct AddressList: Sendable {
  package let own: AddressSet
  /// Looked up at each request, because their files may change at any time.
  package let names: [String]

  package init(_ entries: some Sequence<AddressEntry>) {
    var ranges: [AddressRange] = []
    var names: [String] = []
    for entry in entries {
      switch entry {
      case .range(let range): ranges.append(range)
      case .list(let name): names.append(name)
      }
    }
    own = AddressSet(ranges)
    self.names = names
  }

  /// Reads each text as an entry.
  /// - Throws: The texts that are none.
  package init(texts: [String]) throws(Unreadable) {
    let entries = texts.map { AddressEntry($0) }
    let wrong = zip(texts, entries).filter { $1 == nil }.map(\.0)
    guard wrong.isEmpty else { throw Unreadable(texts: wrong) }
    self.init(entries.compactMap(\.self))
  }

  package struct Unreadable: Error, Sendable, Equatable {
    package let texts: [String]

    package init(texts: [String]) {
      self.texts = texts
    }
  }
}

extension AddressList {
  static let schema: JSON = [
    "description": "Client addresses that may send: addresses, blocks such as 203.0.113.0/24, names of list files.",
    "type": "array", "minItems": 1, "maxItems": 1000, "items": ["type": "string"],
  ]

  static func read(_ reader: inout SettingsReader) -> AddressList? {
    guard reader.has("allow") else { return nil }
    let texts = reader.strings("allow")
    if texts.isEmpty { reader.report("\"allow\" must name at least one address; without it all may send", at: "allow") }
    if texts.count > 1000 { reader.report("\"allow\" has more than 1000 entries; a list file has room", at: "allow") }
    do throws(Unreadable) {
      return try AddressList(texts: texts)
    } catch {
      for text in error.texts {
        reader.report(
          "\"\(text)\" is no address, no block of addresses such as 203.0.113.0/24, and no name of a list", at: "allow")
      }
      return nil
    }
  }
}
