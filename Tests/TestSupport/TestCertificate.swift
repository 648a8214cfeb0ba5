// Certificates that openssl makes for one test.

import Foundation

package struct TestCertificate: Sendable {
  /// PEM files.
  package let certificate: String
  package let key: String

  /// For localhost and 127.0.0.1, and its own authority. The files are `NAMEcertificate.pem` and `NAMEkey.pem`.
  package static func selfSigned(
    in directory: TemporaryDirectory, name: String, subject: String = "localhost", days: Int = 2
  ) throws -> TestCertificate {
    try make(
      in: directory, name: name, subject: subject,
      ["-days", "\(days)", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
  }

  /// A certificate that this one has signed.
  package func issue(in directory: TemporaryDirectory, name: String, subject: String) throws -> TestCertificate {
    try Self.make(
      in: directory, name: name, subject: subject,
      ["-days", "2", "-CA", certificate, "-CAkey", key, "-addext", "basicConstraints=critical,CA:FALSE"])
  }

  private static func make(
    in directory: TemporaryDirectory, name: String, subject: String, _ more: [String]
  ) throws -> TestCertificate {
    let made = TestCertificate(
      certificate: directory.file("\(name)certificate.pem"), key: directory.file("\(name)key.pem"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable("openssl"))
    process.arguments =
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-subj", "/CN=\(subject)", "-keyout", made.key, "-out", made.certificate,
      ] + more
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw NotInTime(description: "openssl req ended with status \(process.terminationStatus)")
    }
    return made
  }

  /// Puts these files in the place of others, one after the other, as deployments do.
  package func replace(_ other: TestCertificate) throws {
    for (mine, theirs) in [(certificate, other.certificate), (key, other.key)] {
      try Data(contentsOf: URL(fileURLWithPath: mine)).write(to: URL(fileURLWithPath: theirs), options: .atomic)
    }
  }
}
