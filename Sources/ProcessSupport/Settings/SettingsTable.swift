// The settings of all programs, in the order in which help and documentation show them. A new setting is a property of
// Settings, a row here and a row in docs/settings.md.

extension Settings {
  static let prefix = "MILLRACE_"

  package static let table: [SettingDefinition] = queue + ingest + worker + process

  private static let queue = [
    SettingDefinition(
      "REDIS_URL", \.redisURL, .redisURL, of: [.ingest, .worker], secrecy: .url,
      "the Redis that holds all state: redis://[user:password@]host[:port][/database], rediss:// for TLS, unix:///path, redis+sentinel://h1,h2/mymaster, redis+cluster://h1,h2, or several shards separated by blanks"
    ),
    SettingDefinition(
      "DURABILITY", \.durability, .choice, of: [.ingest, .worker],
      "what a 2xx has survived: fast (Redis memory), normal (append-only file), strict (append-only file, synced before the answer)"
    ),
  ]

  private static let megabyte = ByteSize(bytes: 1 << 20)

  private static let ingest = [
    SettingDefinition("LISTEN", \.listen, .listenAddress, of: [.ingest], "where webhooks are accepted"),
    SettingDefinition(
      "PUBLIC_URL", \.publicURL, .webAddress, of: [.ingest, .worker], "what senders see, used for links"),
    SettingDefinition(
      "TLS_CERT", \.tlsCertificate, .optionalText, of: [.ingest],
      "PEM file with the certificate and its chain; webhooks are then accepted over TLS only"),
    SettingDefinition(
      "TLS_KEY", \.tlsKey, .optionalText, of: [.ingest], "PEM file with the certificate's private key"),
    SettingDefinition(
      "TLS_CLIENT_CA", \.tlsClientAuthorities, .optionalText, of: [.ingest],
      "PEM file with authorities; clients without a certificate of one of them are then refused"),
    SettingDefinition(
      "TRUSTED_PROXIES", \.trustedProxies, .addressRanges, of: [.ingest],
      "CIDRs whose X-Forwarded-For is believed, read from the right"),
    SettingDefinition(
      "ADDRESSES_DIR", \.addressesDirectory, .optionalText, of: [.ingest],
      "a directory whose file NAME.txt is the list of addresses that workflows call NAME; millrace up takes deploy/addresses"
    ),
    SettingDefinition(
      "MAX_BODY", \.maxBody, .size(upTo: ByteSize(bytes: 256 << 20)), of: [.ingest],
      "larger request bodies get 413"),
    SettingDefinition(
      "BACKLOG", \.backlog, .count(1...1_000_000_000), of: [.ingest],
      "executions that may wait; beyond it webhooks get 503"),
    SettingDefinition(
      "EVENT_LOOPS", \.eventLoops, .count(1...256), of: [.ingest],
      defaultText: "half the number of cores",
      "threads that serve HTTP, each with its own Redis connection"),
    SettingDefinition(
      "MAX_CONNECTIONS", \.maxConnections, .count(1...1_000_000), of: [.ingest],
      "HTTP connections open at once; further ones are closed"),
    SettingDefinition(
      "SYNC_WAITERS", \.syncWaiters, .count(1...1_000_000), of: [.ingest],
      "synchronous callers that may wait for a reply at once; beyond it they get 503"),
    SettingDefinition(
      "AUDIT_DIR", \.auditDirectory, .optionalText, of: [.ingest], defaultText: "audit in the state directory",
      "where the audit log of requests is written; several processes may share it; off for none"),
    SettingDefinition(
      "AUDIT_SIZE", \.auditSize, .size(from: megabyte, upTo: ByteSize(bytes: 1 << 40)), of: [.ingest],
      "how large the audit log may become, 1MB at least; its oldest file is removed first"),
    SettingDefinition(
      "JOURNAL_DIR", \.journalDirectory, .optionalText, of: [.ingest],
      "a directory for asynchronous webhooks while Redis is away, of this process alone; without it they get 503"),
    SettingDefinition(
      "JOURNAL_SIZE", \.journalSize, .size(from: megabyte, upTo: ByteSize(bytes: 1 << 40)), of: [.ingest],
      "how many bytes of webhooks may wait there, 1MB at least; beyond it they get 503"),
  ]

  private static let worker = [
    SettingDefinition(
      "CONCURRENCY", \.concurrency, .count(1...65_536), of: [.worker],
      """
      executions that one worker runs at once; for a while up to a quarter more, when urgent work comes while regular \
      work fills it, or the other way round, and for what dead workers left
      """),
    SettingDefinition(
      "EGRESS_ALLOW", \.egressAllow, .addressRanges, of: [.worker],
      "CIDRs that request nodes may reach although they are loopback, private or metadata addresses"),
    SettingDefinition(
      "SCRIPT_PROCESSES", \.scriptProcesses, .count(1...256), of: [.worker], defaultText: "the number of cores",
      "processes that run scripts, each one at a time"),
    SettingDefinition(
      "SCRIPT_MEMORY", \.scriptMemory, .size(from: ByteSize(bytes: 16 << 20), upTo: ByteSize(bytes: 16 << 30)),
      of: [.worker],
      "the most that one script may use, 16MB at least"),
    SettingDefinition(
      "SCRIPT_TIME", \.scriptTime, .duration(from: .milliseconds(1), upTo: .seconds(3600)), of: [.worker],
      "how long one script may run, unless its node has a timeout"),
    SettingDefinition(
      "SECRETS_DIR", \.secretsDirectory, .optionalText, of: [.ingest, .worker],
      "a directory whose file NAME is what workflows read as $env.NAME; so is the variable MILLRACE_ENV_NAME"),
    SettingDefinition(
      "METRICS_LISTEN", \.metricsListen, .listenAddress, of: [.worker],
      "where the worker answers /-/healthz, /-/readyz and /-/metrics"),
  ]

  private static let process = [
    SettingDefinition(
      "SHUTDOWN_GRACE", \.shutdownGrace, .duration(upTo: .seconds(3600)), of: [.ingest, .worker],
      "how long SIGTERM waits before work is handed back"),
    SettingDefinition(
      "STATE_DIR", \.stateDirectory, .text, of: [.ingest],
      "where millrace up keeps its private Redis, and ingest its audit log"),
    SettingDefinition(
      "LOG_LEVEL", \.logLevel, .choice, of: [.ingest, .worker],
      "trace, debug, info, notice, warning, error or critical"),
    SettingDefinition(
      "LOG_FORMAT", \.logFormat, .choice, of: [.ingest, .worker], defaultText: "text on a terminal, json elsewhere",
      "text or json; logs go to standard error"),
  ]
}
