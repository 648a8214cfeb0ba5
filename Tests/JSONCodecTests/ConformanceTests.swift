// Strictness: what RFC 8259 forbids is refused before it is queued, and real deliveries come back byte for byte.
import JSONCodec
import Testing

@Suite("JSON conformance", .enabled(if: SharedData.isPresent, SharedData.absence))
struct ConformanceTests {
  @Test("the JSON test suite is judged as its file names say", arguments: SharedData.files(in: "json-test-suite"))
  func testSuite(path: String) throws {
    let bytes = try SharedData.bytes(path)
    let verdict = accepts(bytes)
    switch path.split(separator: "/").last?.first {
    case "y": #expect(verdict)
    case "n": #expect(!verdict)
    default: break
    }
    let isValid = (try? JSON.validate(bytes)) != nil
    #expect(isValid == verdict)
  }

  @Test("an accepted document can be read and written whole", arguments: SharedData.files(in: "json-test-suite"))
  func readsAll(path: String) throws {
    guard let json = try? JSON.parse(SharedData.bytes(path)) else { return }
    let rebuilt = json.rebuilt
    #expect(rebuilt == json)
    #expect(try JSON.parse(rebuilt.bytes) == json)
    #expect(try JSON.parse(json.pretty) == json)
    #expect(try JSON.parse(json.text) == json)
  }

  @Test("numbers of any size and half surrogate pairs are accepted", arguments: SharedData.files(in: "json-test-suite"))
  func lenience(path: String) throws {
    let name = path.split(separator: "/").last ?? ""
    if name.hasPrefix("i_number") || (name.hasPrefix("i_") && name.contains("surrogate") && !name.contains("UTF8")) {
      #expect(accepts(try SharedData.bytes(path)))
    }
  }

  @Test("a delivery is forwarded byte for byte", arguments: SharedData.files(in: "github"))
  func roundTrip(path: String) throws {
    let bytes = try SharedData.bytes(path)
    let json = try JSON.parse(bytes)
    #expect(json.bytes == bytes)
    let compact = Array(json.text.utf8)
    #expect(try JSON.parse(compact) == json)
    #expect(try JSON.parse(compact).rebuilt.bytes.count <= compact.count)
  }

  private func accepts(_ bytes: [UInt8]) -> Bool {
    (try? JSON.parse(bytes)) != nil
  }
}

extension JSON {
  /// The same value with no slice left in it.
  var rebuilt: JSON {
    switch resolved {
    case .array(let elements): .array(elements.map(\.rebuilt))
    case .object(let object): .object(JSONObject(object.members.map { ($0.key, $0.value.rebuilt) }))
    case let scalar: scalar
    }
  }
}
