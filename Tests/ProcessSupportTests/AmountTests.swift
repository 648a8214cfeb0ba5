// Sizes and durations as text.

import Testing

@testable import ProcessSupport

@Suite struct AmountTests {
  @Test(
    "a size is read in bytes",
    arguments: [
      ("0", 0), ("100", 100), ("100B", 100), ("512KB", 524_288), ("10MB", 10_485_760), ("1GB", 1_073_741_824),
      ("1kb", 1024), ("2MiB", 2_097_152), ("3k", 3072),
    ])
  func size(_ text: String, _ bytes: Int) {
    #expect(ByteSize(text)?.bytes == bytes)
  }

  @Test(
    "what is no size is refused",
    arguments: ["", "MB", "-1", "+1", "1.5MB", "1 MB", "10MBs", "9223372036854775807KB", "99999999999999999999", "١MB"])
  func noSize(_ text: String) {
    #expect(ByteSize(text) == nil)
  }

  @Test(
    "a size is shown in the largest unit that fits",
    arguments: [(0, "0"), (100, "100"), (1024, "1KB"), (1025, "1025"), (10_485_760, "10MB"), (1 << 30, "1GB")])
  func shownSize(_ bytes: Int, _ text: String) {
    #expect(ByteSize(bytes: bytes).description == text)
  }

  @Test(
    "a duration is read in milliseconds",
    arguments: [
      ("0", 0), ("0s", 0), ("500ms", 500), ("10s", 10_000), ("5m", 300_000), ("72h", 259_200_000), ("3d", 259_200_000),
    ] as [(String, Int64)])
  func duration(_ text: String, _ milliseconds: Int64) {
    #expect(Duration(millraceText: text)?.milliseconds == milliseconds)
  }

  @Test(
    "what is no duration is refused",
    arguments: [
      "", "s", "5", "-5s", "1.5s", "5 s", "5S", "5w", "1h30m", "9223372036854775807d", "9999999999999999999ms",
    ])
  func noDuration(_ text: String) {
    #expect(Duration(millraceText: text) == nil)
  }

  @Test("a duration is shown in the largest unit that fits, and given in seconds")
  func shownDuration() {
    #expect(Duration.seconds(259_200).millraceText == "3d")
    #expect(Duration.seconds(3600).millraceText == "1h")
    #expect(Duration.seconds(90).millraceText == "90s")
    #expect(Duration.milliseconds(1500).millraceText == "1500ms")
    #expect(Duration.zero.millraceText == "0s")
    #expect(Duration.milliseconds(1500).seconds == 1.5)
    #expect(Duration.microseconds(1999).milliseconds == 1)
  }
}
