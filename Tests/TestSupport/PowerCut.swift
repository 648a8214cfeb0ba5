// Losing power: what a file system has not been told to sync is gone. A library in front of libc's notes how much of each
// file the last fdatasync has covered; after the kill the append-only file is cut down to that.

import Foundation

enum PowerCut {
  /// One number for each file that was synced, in a file beside it.
  private static let source = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <fcntl.h>
    #include <limits.h>
    #include <stdio.h>
    #include <sys/stat.h>
    #include <unistd.h>

    static void note(int fd, long size) {
      char link[64], path[PATH_MAX + 8];
      snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
      ssize_t length = readlink(link, path, PATH_MAX);
      if (length < 0) return;
      snprintf(path + length, 8, ".synced");
      int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
      if (file < 0) return;
      char text[32];
      pwrite(file, text, snprintf(text, sizeof text, "%20ld", size), 0);
      close(file);
    }

    static int sync_with(const char *name, int fd) {
      int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
      struct stat before;
      int known = fstat(fd, &before) == 0 && S_ISREG(before.st_mode);
      int result = real(fd);
      if (result == 0 && known) note(fd, before.st_size);
      return result;
    }

    int fdatasync(int fd) { return sync_with("fdatasync", fd); }
    int fsync(int fd) { return sync_with("fsync", fd); }

    """

  static func library(in directory: String) throws(RedisServer.Failure) -> String {
    try Preload.library("sync", source, in: directory)
  }

  /// Takes from the append-only files what was never synced; returns how many bytes.
  static func lose(in directory: String) throws -> Int {
    let place = "\(directory)/appendonlydir"
    var lost = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: place) where name.hasSuffix(".incr.aof") {
      let path = "\(place)/\(name)"
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      let note = try? String(contentsOfFile: "\(path).synced", encoding: .utf8)
      let synced = note.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) } ?? 0
      guard synced < size else { continue }
      lost += size - synced
      guard truncate(path, off_t(synced)) == 0 else { throw RedisServer.Failure(description: "\(path) cannot be cut") }
    }
    return lost
  }
}
