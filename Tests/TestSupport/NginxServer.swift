// A real nginx for what the NIO target does not speak: TLS, HTTP/2, compression. Private to the test that starts it.

import Foundation
import Synchronization

package final class NginxServer: Sendable {
  package let port: Int
  package let isSecure: Bool
  private let directory: TemporaryDirectory
  private let processID: Int32
  private let isStopped = Mutex(false)

  /// Starts nginx with one server. `server` is what stands in the server block besides `listen` and the certificate.
  /// With `secure` it speaks TLS with a self-signed certificate for localhost and 127.0.0.1, and HTTP/2 over ALPN.
  /// `files` are written below the document root.
  package static func start(
    secure: Bool = false, files: [String: [UInt8]] = [:], _ server: String
  ) async throws -> NginxServer {
    try await start(secure: secure, files: files) { port, directory in
      """
      server {
        listen 127.0.0.1:\(port)\(secure ? " ssl http2" : "");
        server_name localhost;
        root \(directory.path)/root;
        \(secure ? "ssl_certificate certificate.pem;\n    ssl_certificate_key key.pem;" : "")
        \(server)
      }
      """
    }
  }

  /// Starts nginx with servers of its own: what stands in the http block, for the port to listen on and the directory
  /// with `certificate.pem` and `key.pem`.
  package static func start(
    secure: Bool = true, files: [String: [UInt8]] = [:], http: (Int, TemporaryDirectory) throws -> String
  ) async throws -> NginxServer {
    var log = ""
    // Another process may take the port in between; nginx tries for some seconds before it gives up.
    for _ in 1...3 {
      let nginx = try NginxServer(secure: secure, files: files, http: http)
      if await nginx.hasStarted() { return nginx }
      log = (try? String(contentsOfFile: nginx.directory.file("error.log"), encoding: .utf8)) ?? ""
      nginx.stop()
    }
    throw NotInTime(description: "nginx did not start; its log: \(log)")
  }

  /// nginx writes its process id once it listens.
  private func hasStarted() async -> Bool {
    let isThere: Void? = try? await eventually("nginx listens at port \(port)", within: .seconds(5)) {
      FileManager.default.fileExists(atPath: directory.file("nginx.pid")) && canConnect(to: port)
    }
    return isThere != nil
  }

  private init(
    secure: Bool, files: [String: [UInt8]], http: (Int, TemporaryDirectory) throws -> String
  ) throws {
    directory = try TemporaryDirectory("millrace-nginx")
    port = try FreePort.next()
    isSecure = secure
    if secure { _ = try TestCertificate.selfSigned(in: directory, name: "") }
    for (name, bytes) in files {
      try directory.write("root/" + name, "")
      try Data(bytes).write(to: URL(fileURLWithPath: directory.file("root/" + name)))
    }
    let path = directory.path
    try directory.write("nginx.conf", configuration(directory: path, http: try http(port, directory)))
    processID = try spawn(executable("nginx"), ["-p", path, "-e", path + "/error.log", "-c", path + "/nginx.conf"])
  }

  deinit { stop() }

  /// The certificate, which is its own authority.
  package var certificateFile: String { directory.file("certificate.pem") }

  package func url(_ path: String = "/", host: String = "127.0.0.1") -> String {
    "\(isSecure ? "https" : "http")://\(host):\(port)\(path)"
  }

  package func stop() {
    let isFirst = isStopped.withLock { stopped in
      defer { stopped = true }
      return !stopped
    }
    guard isFirst else { return }
    kill(processID, SIGKILL)
    waitpid(processID, nil, 0)
    directory.remove()
  }
}

/// One process in the foreground, so that its id is all there is to stop.
private func configuration(directory: String, http: String) -> String {
  let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(directory)/\($0);" }
  return """
    daemon off;
    master_process off;
    pid \(directory)/nginx.pid;
    error_log \(directory)/error.log;
    events { worker_connections 4096; }
    http {
      access_log off;
      default_type application/octet-stream;
      \(paths.joined(separator: "\n  "))
      \(http)
    }
    """
}

/// Debian keeps nginx where a plain user's PATH does not look.
func executable(_ name: String) -> String {
  let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
  return (folders + ["/usr/sbin", "/usr/bin"]).map { $0 + "/" + name }
    .first { FileManager.default.isExecutableFile(atPath: $0) } ?? name
}

private func spawn(_ path: String, _ arguments: [String]) throws -> Int32 {
  var strings = ([path] + arguments).map { strdup($0) } + [nil]
  defer { for string in strings { free(string) } }
  var processID: pid_t = 0
  let code = posix_spawn(&processID, path, nil, nil, &strings, environ)
  guard code == 0 else { throw NotInTime(description: "cannot start \(path): \(String(cString: strerror(code)))") }
  return processID
}

private func canConnect(to port: Int) -> Bool {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  guard descriptor >= 0 else { return false }
  defer { close(descriptor) }
  return withLoopbackAddress(port: port) { connect(descriptor, $0, $1) == 0 }
}
