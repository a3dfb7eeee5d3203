import Base
import COpenVINO
import Dispatch
import Synchronization

/// How much of the machine a model may take.
public struct ModelOptions: Sendable, Hashable {
    /// Threads that compute, all requests together.
    public var threadCount: Int
    /// How many images may be computed at the same time; each has its own memory for what lies between input
    /// and output, and a share of the threads. One is the quickest for one image, one for each core gets
    /// through the most images.
    public var requestCount: Int

    /// - Parameters:
    ///   - threadCount: 0 for one for each core.
    ///   - requestCount: 0 for one for each thread.
    public init(threadCount: Int = 0, requestCount: Int = 1) {
        let threads = threadCount > 0 ? threadCount : ProcessorCount.available
        self.threadCount = min(threads, 1_024)
        self.requestCount = min(requestCount > 0 ? requestCount : self.threadCount, 256)
    }
}

/// A compiled model: numbers in, numbers out.
///
/// Safe to call from several threads: more callers than it has requests wait for one. A call blocks its
/// thread for the whole computation.
final class Network: Sendable {
    let name: String
    let inputs: [NetworkPort]
    let outputs: [NetworkPort]
    /// How many images are computed at the same time.
    let requestCount: Int
    private let library: OpenVINOLibrary
    /// OpenVINO says of it that it may be used from several threads; written once.
    nonisolated(unsafe) private let compiled: OpaquePointer
    private let idle: Mutex<IdleRequests>
    private let isIdle: DispatchSemaphore

    /// The most numbers that an output may have.
    static let longestOutput = 1 << 26

    /// - Parameters:
    ///   - name: for messages.
    ///   - shapes: decides the shapes of the inputs when it has seen them; `nil` leaves them as they are.
    /// - Throws: ``InferenceError/Code/invalidModel`` for bytes that are no model, or one that cannot have
    ///   these shapes.
    init(
        _ bytes: ModelBytes, name: String, options: ModelOptions, library: OpenVINOLibrary,
        shapes: ([NetworkPort]) throws(InferenceError) -> [[Int]]?
    ) throws(InferenceError) {
        let functions = library.functions
        let compiled = try bytes.withModel(library, name: name) { model throws(InferenceError) in
            let ports = try Network.inputs(of: model, library, name)
            if let wanted = try shapes(ports), wanted != ports.map(\.shape) {
                try Network.reshape(model, to: wanted, library, name)
            }
            var compiled: OpaquePointer?
            let status = fovea_ov_compile(
                functions, library.core, model, String(options.threadCount), String(options.requestCount),
                &compiled)
            try library.check(status, .invalidModel, "\(name) cannot be compiled")
            return compiled
        }
        guard let compiled else { throw InferenceError(.invalidModel, "\(name) cannot be compiled") }
        self.name = name
        self.library = library
        self.compiled = compiled
        inputs = try Network.ports(of: compiled, isOutput: false, library, name)
        outputs = try Network.ports(of: compiled, isOutput: true, library, name)
        var requests = IdleRequests(functions: functions)
        for _ in 0..<options.requestCount {
            var request: OpaquePointer?
            try library.check(
                fovea_ov_request_new(functions, compiled, &request), .invalidModel,
                "\(name) cannot be started")
            if let request { requests.append(request) }
        }
        requestCount = requests.count
        isIdle = DispatchSemaphore(value: requests.count)
        idle = Mutex(requests)
    }

    deinit { fovea_ov_compiled_free(library.functions, compiled) }

    /// Computes the outputs, in their order.
    ///
    /// - Throws: ``InferenceError/Code/invalidModel`` where the model does not take `inputs`;
    ///   ``InferenceError/Code/invalidOutput`` for outputs that are no floats or integers;
    ///   ``InferenceError/Code/limitExceeded`` for outputs above ``longestOutput``.
    func run(_ inputs: [NetworkInput]) throws(InferenceError) -> [NetworkOutput] {
        guard inputs.count == self.inputs.count else {
            throw InferenceError(
                .invalidModel,
                "\(name) has \(self.inputs.count) inputs, its description feeds \(inputs.count)")
        }
        isIdle.wait()
        // There is a signal for each idle request.
        let request = idle.withLock { $0.take()! }
        defer {
            idle.withLock { $0.append(request) }
            isIdle.signal()
        }
        let outcome = run(request.pointer, inputs, from: 0)
        return try outcome.get()
    }

    // MARK: - Private

    /// Sets the inputs from `index` on, whose bytes stay where they are meanwhile, and computes.
    private func run(
        _ request: OpaquePointer, _ inputs: [NetworkInput], from index: Int
    ) -> Result<[NetworkOutput], InferenceError> {
        guard index < inputs.count else {
            return Result { () throws(InferenceError) in
                try library.check(
                    fovea_ov_infer(library.functions, request), .invalidModel, "\(name) cannot be computed")
                return try outputs.indices.map { index throws(InferenceError) in
                    try output(index, of: request)
                }
            }
        }
        let input = inputs[index]
        let shape = input.shape.map(Int64.init), element = input.element
        let expected = input.shape.reduce(1, *) * element.byteCount
        precondition(input.bytes.count == expected, "the bytes of an input fill its shape")
        return input.bytes.withUnsafeBytes { bytes in
            // OpenVINO only reads its inputs.
            let status = fovea_ov_set_input(
                library.functions, request, index, element.number, shape, Int64(shape.count),
                UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            do throws(InferenceError) {
                try library.check(
                    status, .invalidModel,
                    "\(name) takes no \(element.rawValue) of \(NetworkOutput.text(of: input.shape))")
            } catch {
                return .failure(error)
            }
            return run(request, inputs, from: index + 1)
        }
    }

    private func output(_ index: Int, of request: OpaquePointer) throws(InferenceError) -> NetworkOutput {
        var facts = fovea_ov_port_facts(), start: UnsafeRawPointer?, byteCount = 0
        try library.check(
            fovea_ov_output(library.functions, request, index, &facts, &start, &byteCount), .invalidOutput,
            "output \(index) of \(name) cannot be read")
        let shape = facts.sideList
        var count = 1
        for side in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: side)
            guard !overflow, side >= 0, product <= Network.longestOutput else {
                throw InferenceError(
                    .limitExceeded,
                    "output \(index) of \(name) has \(NetworkOutput.text(of: shape)) numbers, the limit is \(Network.longestOutput)"
                )
            }
            count = product
        }
        let raw = UnsafeRawBufferPointer(start: start, count: byteCount)
        let numbers: [Float]
        switch UInt32(facts.element) {
        case FOVEA_OV_F32.rawValue where byteCount == count * 4:
            numbers = Array(raw.bindMemory(to: Float.self))
        case FOVEA_OV_I32.rawValue where byteCount == count * 4:
            numbers = raw.bindMemory(to: Int32.self).map { Float($0) }
        case FOVEA_OV_I64.rawValue where byteCount == count * 8:
            numbers = raw.bindMemory(to: Int64.self).map { Float($0) }
        case FOVEA_OV_U8.rawValue where byteCount == count:
            numbers = raw.map { Float($0) }
        default:
            throw InferenceError(
                .invalidOutput,
                "output \(index) of \(name) has numbers of a type that is not read (number \(facts.element) of OpenVINO's)"
            )
        }
        return NetworkOutput(shape: shape, numbers: numbers)
    }

    private static func inputs(
        of model: OpaquePointer, _ library: OpenVINOLibrary, _ name: String
    ) throws(InferenceError) -> [NetworkPort] {
        var count = 0
        try library.check(
            fovea_ov_model_inputs(library.functions, model, &count), .invalidModel, "\(name) tells no inputs")
        return try (0..<count).map { index throws(InferenceError) in
            var facts = fovea_ov_port_facts()
            try library.check(
                fovea_ov_model_input_facts(library.functions, model, index, &facts), .invalidModel,
                "input \(index) of \(name) cannot be seen")
            return NetworkPort(facts)
        }
    }

    private static func ports(
        of compiled: OpaquePointer, isOutput: Bool, _ library: OpenVINOLibrary, _ name: String
    ) throws(InferenceError) -> [NetworkPort] {
        var count = 0
        let side: CInt = isOutput ? 1 : 0
        try library.check(
            fovea_ov_port_count(library.functions, compiled, side, &count), .invalidModel,
            "\(name) tells no inputs and outputs")
        return try (0..<count).map { index throws(InferenceError) in
            var facts = fovea_ov_port_facts()
            try library.check(
                fovea_ov_compiled_facts(library.functions, compiled, side, index, &facts), .invalidModel,
                "\(isOutput ? "output" : "input") \(index) of \(name) cannot be seen")
            return NetworkPort(facts)
        }
    }

    private static func reshape(
        _ model: OpaquePointer, to shapes: [[Int]], _ library: OpenVINOLibrary, _ name: String
    ) throws(InferenceError) {
        let ranks = shapes.map { Int64($0.count) }
        let sides = shapes.joined().map { Int64($0) }
        try library.check(
            fovea_ov_reshape(library.functions, model, shapes.count, ranks, sides), .invalidModel,
            "\(name) does not take \(shapes.map { NetworkOutput.text(of: $0) }.joined(separator: ", "))")
    }
}

/// Requests that compute nothing at the moment; they go with the value.
private struct IdleRequests: ~Copyable {
    /// A request, in one hand at a time: whoever took it.
    struct Request: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private var requests: [Request] = []
    /// Functions of a library that stays open.
    nonisolated(unsafe) private let functions: UnsafePointer<fovea_openvino>

    init(functions: UnsafePointer<fovea_openvino>) { self.functions = functions }

    deinit { for request in requests { fovea_ov_request_free(functions, request.pointer) } }

    var count: Int { requests.count }

    mutating func append(_ pointer: OpaquePointer) { requests.append(Request(pointer: pointer)) }
    mutating func append(_ request: Request) { requests.append(request) }
    mutating func take() -> Request? { requests.popLast() }
}
