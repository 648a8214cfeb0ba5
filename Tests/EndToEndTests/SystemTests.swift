// The whole system under one roof: these suites start real processes and load the machine, so they run one by one.

import Testing

@Suite("The whole system", .serialized)
enum SystemTests {}
