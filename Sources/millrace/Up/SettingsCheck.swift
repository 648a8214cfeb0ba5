// What the programs would end for a moment after their start, found out before anything is started.

import Glibc
import ProcessSupport

enum SettingsCheck {
  /// Nil when nothing is wrong as far as one can see.
  static func problem(of settings: Settings) -> String? {
    if settings.tlsClientAuthorities != nil {
      return "MILLRACE_TLS_CLIENT_CA: up has no certificate to ask its ingest with; start the programs by themselves"
    }
    if settings.listen.overlaps(settings.metricsListen) {
      return "MILLRACE_METRICS_LISTEN: \(settings.metricsListen) is taken by MILLRACE_LISTEN; choose another port"
    }
    return tlsProblem(settings) ?? settings.journalDirectory.flatMap(journalProblem)
  }

  private static func tlsProblem(_ settings: Settings) -> String? {
    guard let certificate = settings.tlsCertificate, let key = settings.tlsKey else { return nil }
    do throws(TLSProblem) {
      _ = try PEMFile.certificates(in: certificate)
      _ = try PEMFile.privateKey(in: key)
      return nil
    } catch {
      return "TLS: \(error)"
    }
  }

  /// Nothing is made here: ingest has to sync what it makes of the directory.
  private static func journalProblem(_ directory: String) -> String? {
    var existing = directory[...]
    while access(String(existing), F_OK) != 0, errno == ENOENT {
      let parent = existing.lastIndex(of: "/").map { existing[..<$0] } ?? "."
      existing = parent.isEmpty ? "/" : parent
    }
    let path = String(existing)
    func problem(_ code: Int32) -> String {
      "MILLRACE_JOURNAL_DIR: \(directory): \(String(cString: strerror(code)).lowercased())"
    }
    if access(path, F_OK) == 0, !TextFile.isDirectory(path) { return problem(ENOTDIR) }
    return access(path, W_OK | X_OK) == 0 ? nil : problem(errno)
  }
}
