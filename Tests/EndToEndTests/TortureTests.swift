// Short runs of the torture: everything is killed and disturbed at random under load, and every promise is kept; and
// workers with a defect are found out, so the checks can fail.

import ProcessSupport
import TestSupport
import Testing

extension SystemTests {
  @Suite("Torture")
  struct TortureTests {
    @Test("a minute and a half of faults breaks no promise", .timeLimit(.minutes(6)))
    func faults() async throws {
      let result = try await BuiltProgram.run(
        "millrace-torture", ["--seconds", "90", "--rate", "80", "--sync", "10", "--kills", "30"])
      print("\(result.errorLines.first ?? "")\n\(result.output)")
      #expect(result.status.isSuccess, "\(result.output)\n\(result.error)")
    }

    @Test(
      "three rolling deploys lose and refuse nothing, and what they hand back counts as no crash",
      .timeLimit(.minutes(4)))
    func deploys() async throws {
      let result = try await BuiltProgram.run(
        "millrace-torture", ["--deploys", "3", "--rate", "80", "--sync", "10"])
      print("\(result.errorLines.first ?? "")\n\(result.output)")
      #expect(result.status.isSuccess, "\(result.output)\n\(result.error)")
    }

    // Release builds have no defects on request.
    #if DEBUG
      @Test("a worker that goes on although others have taken over is found out", .timeLimit(.minutes(3)))
      func brokenFence() async throws {
        // With this seed workers stand still for about seven seconds, longer than a rescue takes, and others are well.
        try await expectFound(
          "fence", ["--faults", "pause-worker", "--seconds", "11", "--kills", "2", "--seed", "34305"])
      }

      @Test("a worker that keeps no results is found out", .timeLimit(.minutes(3)))
      func lostCheckpoints() async throws {
        try await expectFound("checkpoint", ["--faults", "kill-worker", "--seconds", "12", "--kills", "6"])
      }
    #endif

    private func expectFound(_ sabotage: String, _ flags: [String]) async throws {
      let load = ["--sabotage", sabotage, "--rate", "80", "--sync", "5"]
      let result = try await BuiltProgram.run("millrace-torture", load + flags)
      print("\(result.errorLines.first ?? "")\n\(result.output)")
      #expect(result.status.isSuccess, "\(result.output)\n\(result.error)")
    }
  }
}
