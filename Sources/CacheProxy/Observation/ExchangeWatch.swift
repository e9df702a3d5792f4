import NIOCore
import NIOHTTP1
import WarmingPolicies

/// Looks at one exchange as it goes by. The relay tells it of every piece on its way.
final class ExchangeWatch {
    private let watcher: TrafficWatcher
    private let gateLimit: Duration?
    private let writesNote: Bool
    private var request: RequestSighting?
    private let note: ResponseNote
    private let exchange: UInt64
    /// As the client says.
    private let length: Int
    private var retained = 0
    /// Whether somebody will see this exchange.
    private var isTold = false
    private var isOver = false
    private var response = ResponseReader()
    private var beganAt: Moment?
    private var admission: EventLoopPromise<Void>?

    init(_ request: RequestSighting, watcher: TrafficWatcher, gateLimit: Duration?, writesNote: Bool) {
        self.request = request
        self.watcher = watcher
        self.gateLimit = gateLimit
        self.writesNote = writesNote
        note = request.note
        exchange = request.exchange
        length = request.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
    }

    /// What a client says about the length is believed beyond this only once so much has come.
    private static let mostAtOnce = 1 << 20

    deinit { watcher.release(retained) }

    /// Whether the gate wants the whole request before any of it goes on.
    var holdsRequest: Bool { gateLimit != nil }

    /// What the response shall say about the cache, as far as it is known.
    var noteLine: String? { writesNote ? note.line : nil }

    func requestSent(_ bytes: ByteBuffer) {
        // Batches are only counted.
        guard request?.kind == .message else { return }
        guard watcher.retain(bytes.readableBytes) else {
            watcher.miss()
            request = nil
            return
        }
        retained += bytes.readableBytes
        makeRoom()
        // Copied while it is in the processor's caches; the relay reads the next piece into the same buffer.
        request?.body.append(contentsOf: bytes.readableBytesView)
    }

    private func makeRoom() {
        guard retained <= length, let come = request?.body.count, let room = request?.body.capacity else { return }
        let believed = come < Self.mostAtOnce ? min(length, Self.mostAtOnce) : length
        if room < believed { request?.body.reserveCapacity(believed) }
    }

    func requestEnded() {
        guard gateLimit == nil else { return }
        tell()
    }

    /// Asks to go on with a request that was held.
    ///
    /// - Returns: a future that comes true when it is admitted, when nobody looks at it, or when its time is up.
    func admission(on loop: any EventLoop) -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        guard let gateLimit, request != nil else {
            promise.succeed()
            return promise.futureResult
        }
        request?.admission = promise
        admission = promise
        let limit = loop.scheduleTask(in: TimeAmount(gateLimit)) { promise.succeed() }
        promise.futureResult.whenComplete { _ in limit.cancel() }
        if !tell() { promise.succeed() }
        return promise.futureResult
    }

    @discardableResult
    private func tell() -> Bool {
        guard let request else { return false }
        self.request = nil
        isTold = watcher.tell(.request(request))
        return isTold
    }

    func responseBegan(_ head: HTTPResponseHead) {
        response.begin(head)
        beganAt = watcher.moment()
        // Only those in waiting want to know at once.
        guard isTold, gateLimit != nil else { return }
        watcher.tell(.begun(exchange: exchange, status: Int(head.status.code), at: beganAt ?? watcher.moment()))
    }

    func responseSent(_ bytes: ByteBuffer) {
        if isTold { response.read(bytes) }
    }

    func ended(isWhole: Bool) {
        guard !isOver else { return }
        isOver = true
        admission?.succeed()
        guard isTold else { return }
        watcher.tell(
            .ended(
                ResponseSighting(
                    exchange: exchange, status: response.status, message: response.finish(),
                    workspace: response.workspace, beganAt: beganAt, isWhole: isWhole, at: watcher.moment())))
    }
}
