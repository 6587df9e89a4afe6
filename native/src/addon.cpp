// What JavaScript sees: `run` for one operation, `Program` for a captured step, and reports.
#include <napi.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "operations.h"
#include "parallel.h"
#include "program.h"

namespace ludus {
namespace {

[[noreturn]] void refuse(Napi::Env env, const std::string& message) { throw Napi::Error::New(env, message); }

/** The memory of a typed array. A detached one has length 0. */
bool operandOf(napi_env env, napi_value value, Operand* operand) {
  bool typed = false;
  if (napi_is_typedarray(env, value, &typed) != napi_ok || !typed) return false;
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) != napi_ok) return false;
  switch (type) {
    case napi_float32_array: operand->dtype = DType::F32; break;
    case napi_int32_array: operand->dtype = DType::I32; break;
    case napi_uint8_array: case napi_uint8_clamped_array: operand->dtype = DType::U8; break;
    case napi_float64_array: operand->dtype = DType::F64; break;
    default: return false;
  }
  // Memory of no elements still has an address, so that kernels need not ask.
  alignas(64) static char nothing[64];
  operand->data = data ? data : nothing;
  operand->length = data ? int64_t(length) : 0;
  return true;
}

/** run(op, parameters: Float64Array, ...operands): one operation, checked and done. Raw Node-API, for speed. */
napi_value run(napi_env env, napi_callback_info info) {
  size_t count = 2 + maxOperands;
  napi_value arguments[2 + maxOperands];
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  const auto fail = [&](const char* message) -> napi_value {
    napi_throw_error(env, nullptr, message);
    return nullptr;
  };
  if (count < 2 || count > 2 + maxOperands) return fail("run takes an operation, parameters and at most 8 operands.");
  int32_t op = -1;
  if (napi_get_value_int32(env, arguments[0], &op) != napi_ok || op < 0 || op >= int(Op::Count))
    return fail("There is no such native operation.");
  Operand parameters, operands[maxOperands];
  if (!operandOf(env, arguments[1], &parameters) || parameters.dtype != DType::F64)
    return fail("The parameters of a native operation are a Float64Array.");
  const int operandCount = int(count) - 2;
  for (int i = 0; i < operandCount; i++)
    if (!operandOf(env, arguments[2 + i], &operands[i]))
      return fail("An operand is not a Float32Array, Int32Array, Uint8Array or Float64Array.");
  // A copy, because the caller's may lie in memory that the operation writes.
  double checked[maxParameters];
  const int parameterCount = int(std::min<int64_t>(parameters.length, maxParameters));
  std::copy_n(parameters.f64(), parameterCount, checked);
  if (const char* wrong = check(Op(op), operands, operandCount, checked, parameterCount)) return fail(wrong);
  if (const char* wrong = execute(Op(op), operands, checked)) return fail(wrong);
  return nullptr;
}

class ProgramObject : public Napi::ObjectWrap<ProgramObject> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Program", {InstanceMethod("run", &ProgramObject::run)});
  }

  /**
   * new Program(slots: [dtype, length][], instructions: { op, parameters, operands: [slot, byteOffset, length, dtype][],
   * host }[], functions: Function[])
   */
  explicit ProgramObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<ProgramObject>(info) {
    const Napi::Env env = info.Env();
    if (info.Length() < 3 || !info[0].IsArray() || !info[1].IsArray() || !info[2].IsArray())
      refuse(env, "A program is made of slots, instructions and functions.");
    const auto slots = info[0].As<Napi::Array>();
    for (uint32_t i = 0; i < slots.Length(); i++) {
      const auto slot = arrayAt(slots, i);
      const DType dtype = dtypeOf(env, wholeAt(slot, 0));
      program_.slots.push_back({dtype, wholeAt(slot, 1), bytesOf(dtype)});
    }
    const auto functions = info[2].As<Napi::Array>();
    for (uint32_t i = 0; i < functions.Length(); i++) {
      const Napi::Value function = functions.Get(i);
      if (!function.IsFunction()) refuse(env, "The host functions of a program are functions.");
      functions_.push_back(Napi::Persistent(function.As<Napi::Function>()));
    }
    const auto instructions = info[1].As<Napi::Array>();
    for (uint32_t i = 0; i < instructions.Length(); i++) {
      const Napi::Value value = instructions.Get(i);
      if (!value.IsObject()) refuse(env, "An instruction is an object.");
      program_.instructions.push_back(instructionOf(env, value.As<Napi::Object>()));
    }
    group(program_);
    bases_.resize(program_.slots.size());
  }

 private:
  Napi::Array arrayAt(const Napi::Array& list, uint32_t index) {
    const Napi::Value value = list.Get(index);
    if (!value.IsArray()) refuse(list.Env(), "A program's description is malformed.");
    return value.As<Napi::Array>();
  }

  int64_t wholeAt(const Napi::Array& list, uint32_t index) {
    const Napi::Value value = list.Get(index);
    if (!value.IsNumber()) refuse(list.Env(), "A program's description is malformed.");
    const double number = value.As<Napi::Number>().DoubleValue();
    if (!(number >= 0 && number <= 1e15)) refuse(list.Env(), "A program's description is malformed.");
    return int64_t(number);
  }

  DType dtypeOf(Napi::Env env, int64_t code) {
    if (code < 0 || code > int(DType::F64)) refuse(env, "There is no such dtype.");
    return DType(code);
  }

  Instruction instructionOf(Napi::Env env, const Napi::Object& object) {
    Instruction instruction;
    const Napi::Value op = object.Get("op"), operands = object.Get("operands"), parameters = object.Get("parameters");
    if (!op.IsNumber() || !operands.IsArray() || !parameters.IsArray()) refuse(env, "An instruction is malformed.");
    instruction.op = op.As<Napi::Number>().Int32Value();
    if (instruction.op < -1 || instruction.op >= int(Op::Count)) refuse(env, "There is no such native operation.");
    const auto values = parameters.As<Napi::Array>();
    for (uint32_t i = 0; i < values.Length() && i < uint32_t(maxParameters); i++)
      instruction.parameters.push_back(Napi::Value(values.Get(i)).ToNumber().DoubleValue());
    instruction.parameters.push_back(0);
    const int parameterCount = int(instruction.parameters.size()) - 1;
    const auto references = operands.As<Napi::Array>();
    // Counted once: reading an element may run JavaScript that changes the array.
    const uint32_t operandCount = references.Length();
    if (operandCount > uint32_t(maxOperands)) refuse(env, "An instruction has too many operands.");
    // Memory of the right size that is never touched: checks look at lengths and dtypes only.
    Operand checked[maxOperands];
    for (uint32_t i = 0; i < operandCount; i++) {
      const auto reference = arrayAt(references, i);
      const int64_t named = wholeAt(reference, 0);
      if (named >= int64_t(program_.slots.size())) refuse(env, "An operand names a slot that is not there.");
      const Place r{int(named), wholeAt(reference, 1), wholeAt(reference, 2), dtypeOf(env, wholeAt(reference, 3))};
      Slot& slot = program_.slots[r.slot];
      slot.alignment = std::max(slot.alignment, bytesOf(r.dtype));
      if (r.byteOffset % int64_t(bytesOf(r.dtype)) != 0 ||
          r.byteOffset + r.length * int64_t(bytesOf(r.dtype)) > slot.length * int64_t(bytesOf(slot.dtype)))
        refuse(env, "An operand leaves its slot.");
      instruction.operands.push_back(r);
      checked[i].length = r.length;
      checked[i].dtype = r.dtype;
    }
    if (instruction.op >= 0) {
      if (const char* wrong = check(Op(instruction.op), checked, int(operandCount),
                                    instruction.parameters.data(), parameterCount))
        refuse(env, wrong);
    } else {
      const Napi::Value host = object.Get("host");
      if (!host.IsNumber()) refuse(env, "A host instruction names its function.");
      instruction.hostFunction = host.As<Napi::Number>().Int32Value();
      if (instruction.hostFunction < 0 || instruction.hostFunction >= int(functions_.size()))
        refuse(env, "A host instruction names a function that is not there.");
    }
    return instruction;
  }

  /** run(arrays): binds the slots to arrays, then does all instructions. */
  Napi::Value run(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (running_) refuse(env, "A program cannot be started while it runs.");
    if (info.Length() < 1 || !info[0].IsArray()) refuse(env, "A program runs on an array of typed arrays.");
    const napi_value arrays = info[0];
    uint32_t count = 0;
    napi_get_array_length(env, arrays, &count);
    if (count != program_.slots.size()) refuse(env, "A program needs one array for each slot.");
    // All are fetched before the first is bound: fetching one may run JavaScript, and that may detach another.
    std::vector<napi_value> values(count);
    for (uint32_t i = 0; i < count; i++)
      if (napi_get_element(env, arrays, i, &values[i]) != napi_ok) throw Napi::Error::New(env);
    if (running_) refuse(env, "A program cannot be started while it runs.");
    if (const char* unbound = bind(env, values)) refuse(env, unbound);
    running_ = true;
    const char* wrong = nullptr;
    bool thrown = false;
    for (const Group& group : program_.groups) {
      const Instruction& first = program_.instructions[group.from];
      if (first.op >= 0) {
        wrong = runGroup(program_, group, bases_.data());
      } else {
        napi_value global, result;
        napi_get_global(env, &global);
        thrown = napi_call_function(env, global, functions_[first.hostFunction].Value(), 0, nullptr, &result) != napi_ok;
        // The function may have detached or resized an array.
        if (!thrown) wrong = bind(env, values);
      }
      if (wrong || thrown) break;
    }
    running_ = false;
    if (wrong) refuse(env, wrong);
    if (thrown) throw Napi::Error::New(env);
    return env.Undefined();
  }

  /** Looks up where the arrays lie; runs no JavaScript. @returns null, or what is wrong with one of them */
  const char* bind(napi_env env, const std::vector<napi_value>& values) {
    for (size_t i = 0; i < values.size(); i++) {
      const Slot& slot = program_.slots[i];
      Operand bound;
      if (!operandOf(env, values[i], &bound) || bound.dtype != slot.dtype || bound.length < slot.length)
        return "An array of a captured step has another dtype or fewer elements than when it was captured, or was detached (transferred).";
      if (reinterpret_cast<uintptr_t>(bound.data) % slot.alignment != 0)
        return "An array of a captured step begins where its elements would not be aligned.";
      bases_[i] = static_cast<uint8_t*>(bound.data);
    }
    return nullptr;
  }

  Program program_;
  std::vector<Napi::FunctionReference> functions_;
  std::vector<uint8_t*> bases_;
  bool running_ = false;
};

/** Best of some short measurements, in operations (a multiply-add is two) per second. */
Napi::Value measurePeak(const Napi::CallbackInfo& info) {
  using Clock = std::chrono::steady_clock;
  double best = 0;
  float sink = 0;
  for (int trial = 0; trial < 12; trial++) {
    const auto start = Clock::now();
    const double done = kernels().peak(400'000, &sink);
    best = std::max(best, done / std::chrono::duration<double>(Clock::now() - start).count());
  }
  return Napi::Number::New(info.Env(), sink == -1 ? 0 : best);
}

/** Where an array begins, modulo 64: for aligning memory. */
Napi::Value misalignment(const Napi::CallbackInfo& info) {
  Operand operand;
  if (info.Length() < 1 || !operandOf(info.Env(), info[0], &operand)) refuse(info.Env(), "misalignment takes a typed array.");
  return Napi::Number::New(info.Env(), double(reinterpret_cast<uintptr_t>(operand.data) % 64));
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  if (const char* wanted = std::getenv("LUDUS_ISA"))
    if (!chooseKernels(wanted)) refuse(env, std::string("LUDUS_ISA is ") + wanted + ", which this processor or build has not.");
  if (const char* wanted = std::getenv("LUDUS_THREADS")) {
    char* end = nullptr;
    const long count = std::strtol(wanted, &end, 10);
    if (end == wanted || *end || count < 1 || count > 64)
      refuse(env, std::string("LUDUS_THREADS is ") + wanted + "; a whole number from 1 to 64 is needed.");
    setThreads(int(count));
  }
  napi_value runFunction;
  napi_create_function(env, "run", NAPI_AUTO_LENGTH, run, nullptr, &runFunction);
  exports.Set("run", Napi::Value(env, runFunction));
  exports.Set("Program", ProgramObject::define(env));
  exports.Set("measurePeak", Napi::Function::New(env, measurePeak));
  exports.Set("misalignment", Napi::Function::New(env, misalignment));
  exports.Set("instructionSet", Napi::String::New(env, kernels().name));
  exports.Set("threads", Napi::Number::New(env, threads()));
  exports.Set("version", Napi::Number::New(env, 1));
  return exports;
}

}  // namespace
}  // namespace ludus

Napi::Object initLudus(Napi::Env env, Napi::Object exports) { return ludus::init(env, exports); }

NODE_API_MODULE(ludus, initLudus)
