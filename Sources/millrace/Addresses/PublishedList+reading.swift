// What a sender's document says, as ranges, or why it cannot be believed.

import JSONCodec
import ProcessSupport

extension PublishedList.Reading {
  /// - Throws: What is wrong with the document: not its form, no addresses, or more than anybody has.
  func ranges(in document: [UInt8]) throws(AddressListFile.Problem) -> [AddressRange] {
    guard let root = try? JSON.parse(document) else { throw .init(description: "the answer is not JSON") }
    let texts = try texts(in: root)
    let ranges = texts.map { AddressRange($0) }
    if let place = ranges.firstIndex(of: nil) {
      throw .init(description: "entry \(place + 1) of the answer's list is no address or CIDR")
    }
    return try AddressListFile(ranges.compactMap(\.self)).ranges
  }

  private func texts(in root: JSON) throws(AddressListFile.Problem) -> [String] {
    switch self {
    case .texts(let path):
      let elements = try Self.array(in: root, at: path)
      let texts = elements.compactMap(\.stringValue)
      guard texts.count == elements.count else { throw .init(description: "the answer's list holds more than texts") }
      return texts
    case .members(let path, let field, let conditions):
      let elements = try Self.array(in: root, at: path).filter { element in
        conditions.allSatisfy { condition in
          element[condition.array]?.elements.contains { $0.stringValue == condition.word } ?? false
        }
      }
      let texts = elements.compactMap { $0[field]?.stringValue }
      guard texts.count == elements.count else {
        throw .init(description: "the answer's list has members without \"\(field)\"")
      }
      return texts
    }
  }

  private static func array(in root: JSON, at path: [String]) throws(AddressListFile.Problem) -> [JSON] {
    var place = root
    for name in path {
      guard let next = place[name] else {
        throw .init(description: "the answer has no member \"\(path.joined(separator: "."))\"")
      }
      place = next
    }
    return place.elements
  }
}
