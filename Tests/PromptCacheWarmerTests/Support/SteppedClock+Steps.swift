import SteppedTime
import WarmerTesting

extension SteppedClock {
    func settle() async { await time.settle() }
    func advance(seconds: Double) async { await time.advance(by: .seconds(seconds)) }
}
