// What one walk through the header fields finds.

import NIOHTTP1
import Testing

@testable import IngestService

@Suite("The facts of a request's head")
struct HeadFactsTests {
  private func facts(_ fields: [(String, String)]) -> HeadFacts {
    HeadFacts(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: HTTPHeaders(fields)))
  }

  @Test("finds fields in any case, and the first of several")
  func fields() {
    let found = facts([
      ("CONTENT-Type", "a/b"), ("content-type", "c/d"), ("X-Request-Id", "r"), ("Content-Length", "12"),
      ("Transfer-Encoding", "chunked"), ("Expect", "100-Continue"), ("UPGRADE", "h2c"),
    ])
    #expect(found.contentType == "a/b" && found.requestID == "r" && found.declaredLength == 12)
    #expect(found.isChunked && found.expectsContinue && found.offersUpgrade && found.hasBody)
    let none = facts([("Content-Typo", "a/b"), ("Content-Length", "0")])
    #expect(none.contentType == nil && !none.hasBody && !none.isChunked && !none.expectsContinue)
    #expect(none.size == "Content-Typoa/bContent-Length0".utf8.count)
  }

  @Test("finds what a request may not have")
  func faults() {
    #expect(facts([("Transfer-Encoding", "Chunked")]).hasOtherCoding == false)
    #expect(facts([("Transfer-Encoding", "gzip, chunked")]).hasOtherCoding)
    #expect(facts([("Content-Encoding", "identity")]).isCompressed == false)
    #expect(facts([("Content-Encoding", "identity, GZIP")]).isCompressed)
    for other in ["", "UTF-8", "identity, identity"] { #expect(!facts([("Content-Encoding", other)]).isCompressed) }
    #expect(facts([("Host", "a"), ("HOST", "b")]).hostCount == 2)
    #expect(facts([("Content-Length", "9223372036854775808")]).declaredLength == .max)
  }

  @Test("sees blanks behind values")
  func blanks() {
    #expect(!facts([("A", "b"), ("C", "")]).hasTrailingBlanks)
    #expect(facts([("A", "b "), ("C", "d")]).hasTrailingBlanks)
    #expect(HTTPHeaders([("A", "b \t "), ("C", " ")]).withoutTrailingBlanks == HTTPHeaders([("A", "b"), ("C", "")]))
  }

  @Test("never takes repeated names for distinct ones")
  func repetition() {
    #expect(facts([("Host", "a"), ("Content-Type", "b"), ("Content-Length", "1")]).hasDistinctNames)
    #expect(!facts([("X-A", "1"), ("x-a", "2")]).hasDistinctNames)
    #expect(!facts([("Cookie", "1"), ("Host", "a"), ("COOKIE", "2")]).hasDistinctNames)
  }
}
