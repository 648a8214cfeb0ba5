// The posix_spawn(3) call behind ChildProcess.

import Glibc

extension ChildProcess {
  static func spawn(
    _ launch: ChildProcessLaunch
  ) throws(ChildProcessError) -> (identifier: pid_t, output: ChildOutput?) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }

    var output: ChildOutput?
    if let input = launch.input {
      posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    } else {
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    switch launch.output {
    case .inherited: break
    case .discarded:
      posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    case .lines(let handler):
      guard let pipes = ChildOutput(handler: handler) else { throw ChildProcessError(launch, code: errno) }
      posix_spawn_file_actions_adddup2(&actions, pipes.output.writeEnd, STDOUT_FILENO)
      posix_spawn_file_actions_adddup2(&actions, pipes.error.writeEnd, STDERR_FILENO)
      output = pipes
    }
    guard GNUSpawn.prepare(&actions, directory: launch.workingDirectory) else {
      output?.closeWriteEnds()
      output?.processEnded()
      throw ChildProcessError(launch, code: ENOSYS)
    }
    prepare(&attributes, ownsGroup: launch.ownsGroup)

    var identifier = pid_t()
    let environment = launch.environment ?? ProcessEnvironment.all()
    let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let code = withCStrings([launch.executable] + launch.arguments) { arguments in
      withCStrings(variables) { variables in
        posix_spawn(&identifier, launch.executable, &actions, &attributes, arguments, variables)
      }
    }
    output?.closeWriteEnds()
    guard code == 0 else {
      output?.processEnded()
      throw ChildProcessError(launch, code: code)
    }
    return (identifier, output)
  }

  /// Signals as a fresh program expects them: what this process ignores or blocks is no business of the child.
  private static func prepare(_ attributes: inout posix_spawnattr_t, ownsGroup: Bool) {
    var flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD] {
      sigaddset(&defaults, signal)
    }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    var mask = sigset_t()
    sigemptyset(&mask)
    posix_spawnattr_setsigmask(&attributes, &mask)
    if ownsGroup {
      flags |= POSIX_SPAWN_SETPGROUP
      posix_spawnattr_setpgroup(&attributes, 0)
    }
    posix_spawnattr_setflags(&attributes, Int16(flags))
  }
}

/// Two file actions that glibc has and Swift's Glibc module hides, since they are GNU extensions.
private enum GNUSpawn {
  private typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
  private typealias ChangeDirectory =
    @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>) -> Int32

  /// Keeps this process's sockets and files from the child, and starts it in a directory.
  static func prepare(_ actions: inout posix_spawn_file_actions_t, directory: String?) -> Bool {
    guard let closeFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return false }
    guard unsafeBitCast(closeFrom, to: CloseFrom.self)(&actions, 3) == 0 else { return false }
    guard let directory else { return true }
    guard let change = dlsym(nil, "posix_spawn_file_actions_addchdir_np") else { return false }
    return unsafeBitCast(change, to: ChangeDirectory.self)(&actions, directory) == 0
  }
}

/// A null-terminated array of C strings that lives as long as the call.
private func withCStrings<Result>(
  _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let pointers = texts.map { strdup($0) }
  defer { for pointer in pointers { free(pointer) } }
  return body(pointers + [nil])
}
