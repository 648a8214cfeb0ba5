// Queries and urlencoded forms.
import JSONCodec
import Testing
import Workflows

@Suite("Forms")
struct FormTests {
  @Test(
    "Keys spell out objects and lists",
    arguments: [
      ("", "{}"), ("a=1", #"{"a":"1"}"#), ("a=1&b=2", #"{"a":"1","b":"2"}"#), ("a=1&a=2", #"{"a":["1","2"]}"#),
      ("a[]=1", #"{"a":["1"]}"#), ("a[]=1&a[]=2", #"{"a":["1","2"]}"#), ("a[b]=c", #"{"a":{"b":"c"}}"#),
      ("a[b][c]=d&a[b][e]=f", #"{"a":{"b":{"c":"d","e":"f"}}}"#), ("a[0]=x&a[1]=y", #"{"a":["x","y"]}"#),
      ("a[1]=y&a[0]=x", #"{"a":["x","y"]}"#), ("a[0][n]=1&a[1][n]=2", #"{"a":[{"n":"1"},{"n":"2"}]}"#),
      ("a[2]=x", #"{"a":{"2":"x"}}"#), ("a[][n]=1&a[][n]=2", #"{"a":[{"n":"1"},{"n":"2"}]}"#),
      ("a=1&a[b]=2", #"{"a":["1",{"b":"2"}]}"#), ("a=1&a[]=2", #"{"a":["1","2"]}"#), ("0=x&1=y", #"{"0":"x","1":"y"}"#),
      ("a", #"{"a":""}"#), ("a=", #"{"a":""}"#), ("=v", #"{"":"v"}"#), ("a=b=c", #"{"a":"b=c"}"#),
      ("&&a=1&", #"{"a":"1"}"#),
      ("a+b=c+d", #"{"a b":"c d"}"#), ("a%20b=%C3%A9", #"{"a b":"é"}"#), ("a%5Bb%5D=c", #"{"a":{"b":"c"}}"#),
      ("a[b=1", #"{"a[b":"1"}"#), ("[a]=1", #"{"[a]":"1"}"#), ("a[b]c=1", #"{"a[b]c":"1"}"#), ("a]=1", #"{"a]":"1"}"#),
      ("__proto__=1&constructor[x]=2", #"{"__proto__":"1","constructor":{"x":"2"}}"#),
      ("z=1&a=2", #"{"z":"1","a":"2"}"#),
      ("%C3%A9=1&e%CC%81=2", "{\"é\":\"1\",\"e\u{301}\":\"2\"}"), ("a[[b]]=1", #"{"a[[b]]":"1"}"#),
    ])
  func keys(text: String, json: String) throws {
    #expect(try QueryString.parse(text).text == json)
  }

  @Test(
    "Broken and excessive forms are refused with their place",
    arguments: [
      ("a=%zz", BodyError.Kind.malformed, 2), ("ab=1&c=x%2", .malformed, 8), ("a%=1", .malformed, 1),
      ("a=%FF", .charset, 2), ("a=1&b=x%C3", .charset, 7),
    ])
  func broken(text: String, kind: BodyError.Kind, offset: Int) {
    #expect {
      try QueryString.parse(text)
    } throws: { error in
      guard let error = error as? BodyError else { return false }
      #expect(error.offset == offset)
      return error.kind == kind
    }
  }

  @Test("Depth and number of keys are bounded")
  func limits() throws {
    let fine = "a" + String(repeating: "[x]", count: 32) + "=1"
    #expect(throws: Never.self) { try QueryString.parse(fine) }
    let deep = "a" + String(repeating: "[x]", count: 33) + "=1"
    #expect { try QueryString.parse(deep) } throws: { ($0 as? BodyError)?.kind == .tooDeep }
    let many = (0..<1001).map { "k\($0)=1" }.joined(separator: "&")
    #expect { try QueryString.parse(many) } throws: { ($0 as? BodyError)?.kind == .tooMany }
    let exactly = (0..<1000).map { "k\($0)=1" }.joined(separator: "&")
    #expect(try QueryString.parse(exactly).count == 1000)
  }
}
