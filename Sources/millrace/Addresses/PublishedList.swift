// The lists of addresses that senders publish: where each is, and how it is read. All that is special about a sender is a
// row of this table.

struct PublishedList: Sendable {
  enum Source: Sendable {
    /// A document that programs can read.
    case fetched(url: String, Reading)
    /// Words on a page: these on that day, until the page says something else.
    case written([String], date: String)
  }

  enum Reading: Sendable {
    /// An array of texts, below these members.
    case texts(at: [String])
    /// An array of objects: the member `field` of those whose arrays hold all the named words.
    case members(at: [String], field: String, having: [(array: String, word: String)] = [])
  }

  let name: String
  /// Completes "the addresses from which …".
  let meaning: String
  /// Where the sender tells people about them.
  let page: String
  let source: Source

  static let all: [PublishedList] = [
    PublishedList(
      name: "atlassian", meaning: "Atlassian's clouds (Jira, Bitbucket and others) send",
      page: "https://ip-ranges.atlassian.com/",
      source: .fetched(
        url: "https://ip-ranges.atlassian.com/",
        .members(at: ["items"], field: "cidr", having: [("direction", "egress")]))),
    PublishedList(
      name: "bitbucket", meaning: "Bitbucket Cloud sends",
      page: "https://ip-ranges.atlassian.com/",
      source: .fetched(
        url: "https://ip-ranges.atlassian.com/",
        .members(at: ["items"], field: "cidr", having: [("direction", "egress"), ("product", "bitbucket")]))),
    PublishedList(
      name: "github-hooks", meaning: "GitHub sends webhooks",
      page: "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-githubs-ip-addresses",
      source: .fetched(url: "https://api.github.com/meta", .texts(at: ["hooks"]))),
    PublishedList(
      name: "gitlab", meaning: "GitLab.com sends webhooks", page: "https://docs.gitlab.com/user/gitlab_com/#ip-range",
      source: .written(["34.74.90.64/28", "34.74.226.0/24"], date: "2026-11-24")),
    PublishedList(
      name: "paddle", meaning: "Paddle sends webhooks of live accounts",
      page: "https://developer.paddle.com/webhooks/respond-to-webhooks",
      source: .fetched(url: "https://api.paddle.com/ips", .texts(at: ["data", "ipv4_cidrs"]))),
    PublishedList(
      name: "paddle-sandbox", meaning: "Paddle sends webhooks of sandbox accounts",
      page: "https://developer.paddle.com/webhooks/respond-to-webhooks",
      source: .fetched(url: "https://sandbox-api.paddle.com/ips", .texts(at: ["data", "ipv4_cidrs"]))),
    PublishedList(
      name: "pagerduty-eu", meaning: "PagerDuty sends webhooks of its service region EU",
      page: "https://developer.pagerduty.com/docs/webhook-ips",
      source: .fetched(
        url: "https://developer.pagerduty.com/ip-safelists/webhooks-eu-service-region-json", .texts(at: []))),
    PublishedList(
      name: "pagerduty-us", meaning: "PagerDuty sends webhooks of its service region US",
      page: "https://developer.pagerduty.com/docs/webhook-ips",
      source: .fetched(
        url: "https://developer.pagerduty.com/ip-safelists/webhooks-us-service-region-json", .texts(at: []))),
    PublishedList(
      name: "square", meaning: "Square sends webhooks", page: "https://developer.squareup.com/docs/webhooks/overview",
      source: .written(["54.245.1.154", "34.202.99.168"], date: "2026-11-24")),
    PublishedList(
      name: "square-sandbox", meaning: "Square's sandbox sends webhooks",
      page: "https://developer.squareup.com/docs/webhooks/overview",
      source: .written(["54.212.177.79", "107.20.218.8"], date: "2026-11-24")),
    PublishedList(
      name: "stripe", meaning: "Stripe sends webhooks", page: "https://docs.stripe.com/ips",
      source: .fetched(url: "https://stripe.com/files/ips/ips_webhooks.json", .texts(at: ["WEBHOOKS"]))),
    PublishedList(
      name: "telegram", meaning: "Telegram's bot API sends updates", page: "https://core.telegram.org/bots/webhooks",
      source: .written(["149.154.160.0/20", "91.108.4.0/22"], date: "2026-11-24")),
  ]

  static func named(_ name: String) -> PublishedList? { all.first { $0.name == name } }
}
