// What this build calls itself, in `--version`, in the log's first line and in the metrics.

package enum Build {
  package static let version = "0.1.0"
}
