"""Corrections of moto's interpreter, one function for each class of `differences.tsv`."""

import base64
import copy
import json
import math
import re
import struct
import sys
from contextlib import ExitStack
from datetime import datetime, timedelta
from decimal import Decimal
from unittest import mock

from moto.stepfunctions.parser.asl.antlt4utils import antlr4utils
from moto.stepfunctions.parser.asl.component.common.assign.assign_decl import AssignDecl
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEventException
from moto.stepfunctions.parser.asl.component.common.path.items_path import ItemsPath
from moto.stepfunctions.parser.asl.component.common.path.result_path import ResultPath
from moto.stepfunctions.parser.asl.component.common.query_language import QueryLanguageMode
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.string.string_expression import (
    StringContextPath,
    StringJsonPath,
    StringVariableSample,
)
from moto.stepfunctions.parser.asl.component.intrinsic.argument.argument import (
    ArgumentContextPath,
    ArgumentFunction,
    ArgumentJsonPath,
    ArgumentList,
    ArgumentLiteral,
    ArgumentVar,
)
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.array.array_contains import ArrayContains
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.array.array_get_item import ArrayGetItem
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.array.array_range import ArrayRange
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.array.array_unique import ArrayUnique
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.encoding_decoding.base_64_decode import Base64Decode
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.encoding_decoding.base_64_encode import Base64Encode
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.factory import StatesFunctionFactory
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.generic.string_format import StringFormat
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.hash_calculations.hash_algorithm import HashAlgorithm
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.hash_calculations.hash_func import HashFunc
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.json_manipulation.json_merge import JsonMerge
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.json_manipulation.json_to_string import JsonToString
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.json_manipulation.string_to_json import StringToJson
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.math_operations.math_add import MathAdd
from moto.stepfunctions.parser.asl.component.intrinsic.functionname.state_function_name_types import StatesFunctionNameType
from moto.stepfunctions.parser.asl.component.intrinsic.functionname.states_function_name import StatesFunctionName
from moto.stepfunctions.parser.asl.component.state.choice.choice_rule import ChoiceRule
from moto.stepfunctions.parser.asl.component.state.choice.comparison.comparison_func import ComparisonFuncStringVariableSample, ComparisonFuncValue
from moto.stepfunctions.parser.asl.component.state.choice.comparison.comparison_operator_type import ComparisonOperatorType
from moto.stepfunctions.parser.asl.component.state.choice.comparison.comparison_variable import ComparisonVariable
from moto.stepfunctions.parser.asl.component.state.choice.comparison.operator.implementations import (
    boolean_equals,
    is_operator,
    numeric,
    string_operators,
    timestamp_operators,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel import branch_worker
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.parse.intrinsic.intrinsic_parser import IntrinsicParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.asl.static_analyser.intrinsic.intrinsic_static_analyser import IntrinsicStaticAnalyser
from moto.stepfunctions.parser.asl.utils import json_path

CORRECTIONS = {}


def correction(name):
    """Registers a function that returns a context in which moto is mended."""

    def register(function):
        CORRECTIONS[name] = function
        return function

    return register


def method(owner, name, corrected):
    return mock.patch.object(owner, name, corrected)


def everywhere(original, corrected):
    """A function in every module that has it by its name."""
    stack = ExitStack()
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("moto.stepfunctions"):
            for name, value in list(vars(module).items()):
                if value is original:
                    stack.enter_context(mock.patch.object(module, name, corrected))
    return stack


def prepare():
    """What is no defect: branches run one after the other, as failures of two would race, and retriers do not wait."""
    start = branch_worker.BranchWorker.start

    def started(self):
        start(self)
        self._worker_thread.join()

    branch_worker.BranchWorker.start = started
    retrier_decl.time = mock.Mock()


def check(holds):
    if not holds:
        raise TypeError("something else is called for")


class Literal(str):
    """A literal of a call, with its escapes taken out; `raw` has them."""

    def __new__(cls, raw):
        literal = super().__new__(cls, re.sub(r"\\(.)", r"\1", raw, flags=re.S))
        literal.raw = raw
        return literal


STEP = re.compile(
    r"\.(?P<name>[^.\[]+)|\['(?P<quoted>[^']+)'\]"
    r"|\[(?P<index>-?\d+)\]|\[(?P<from>-?\d*):(?P<to>-?\d*)\]|\[(?P<all>\*)\]"
)


def read_path(path, document):
    """A path as the generator writes it, read like json-path 2.0.0: one that may select several values gives a list."""
    steps, at = [], 1
    while at < len(path):
        steps.append(STEP.match(path, at))
        at = steps[-1].end()
    is_definite = all(step["name"] or step["quoted"] or step["index"] for step in steps)

    def select(value, steps):
        if not steps:
            return [value]
        step, rest = steps[0], steps[1:]
        name = step["name"] or step["quoted"]
        if name is not None and isinstance(value, dict) and (name in value or not is_definite):
            return select(value[name], rest) if name in value else []
        if step["index"] and isinstance(value, list) and 0 <= int(step["index"]) < len(value):
            return select(value[int(step["index"])], rest)
        if name is not None or step["index"] and isinstance(value, list):
            raise json_path.NoSuchJsonPathError(json_path=path, data=document)
        if step["all"]:
            found = []
            for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
                try:
                    found += select(item, rest)
                except json_path.NoSuchJsonPathError:
                    pass
            return found
        check(isinstance(value, list))
        bounds = slice(*(int(bound) if bound else None for bound in (step["from"], step["to"])))
        return [found for item in value[bounds] for found in select(item, rest)]

    found = select(document, steps)
    return found[0] if is_definite else found


@correction("paths")
def paths():
    return everywhere(json_path.extract_json, read_path)


TOKEN = re.compile(
    r"\s*(?:(?P<call>States\.\w+)\(|'(?P<text>(?:\\.|[^'\\])*)'"
    r"|(?P<path>\$(?:[^,()\['\s]|\[[^\]]*\])*)|(?P<literal>[-+\w.]+)|(?P<sign>[,)]))",
    re.S,
)


def read_call(source):
    """A call of an intrinsic function, from its name to behind its parenthesis."""

    def call(at):
        name = TOKEN.match(source, at)
        arguments, at = [], name.end()
        while True:
            token = TOKEN.match(source, at)
            at = token.end()
            if token["sign"] == ")":
                kind = next(kind for kind in StatesFunctionNameType if "States." + kind._name_ == name["call"])
                return StatesFunctionFactory.from_name(StatesFunctionName(kind), ArgumentList(arguments)), at
            if token["call"]:
                function, at = call(token.start())
                arguments.append(ArgumentFunction(function))
            elif token["text"] is not None:
                arguments.append(ArgumentLiteral(Literal(token["text"])))
            elif path := token["path"]:
                if path.startswith("$$"):
                    arguments.append(ArgumentContextPath(path))
                elif path[1:2] in ("", ".", "["):
                    arguments.append(ArgumentJsonPath(path))
                else:
                    arguments.append(ArgumentVar(StringVariableSample(QueryLanguageMode.JSONPath, path)))
            elif word := token["literal"]:
                constants = {"null": None, "true": True, "false": False}
                number = int if re.fullmatch(r"-?\d+", word) else float
                arguments.append(ArgumentLiteral(constants[word] if word in constants else number(word)))

    source = json.loads(f'"{source}"')  # as it stands in the definition
    return call(0)[0], None


@correction("calls")
def calls():
    stack = ExitStack()
    stack.enter_context(method(IntrinsicParser, "parse", staticmethod(read_call)))
    stack.enter_context(method(IntrinsicStaticAnalyser, "analyse", lambda self, definition: None))
    return stack


@correction("variables")
def variables():
    def read(self, env):
        name, path = re.fullmatch(r"\$(\w+)(.*)", self.expression, re.S).groups()
        value = env.variable_store.get(name)
        env.stack.append(copy.deepcopy(json_path.extract_json("$" + path, value) if path else value))

    return method(StringVariableSample, "_eval_body", read)


@correction("strings")
def strings():
    def read(parser_rule_context):
        text = parser_rule_context.getText()
        return json.loads(text) if text.startswith('"') else None if text == "null" else text

    stack = everywhere(antlr4utils.from_string_literal, read)
    stack.enter_context(method(Preprocessor, "_inner_string_of", staticmethod(read)))
    return stack


@correction("choice-missing")
def choice_missing():
    original = ComparisonVariable._eval_body

    def compare(self, env):
        if self.comparison_function.operator_type != ComparisonOperatorType.IsPresent:
            self.variable.string_sampler.eval(env)
            env.stack.pop()
        original(self, env)

    return method(ComparisonVariable, "_eval_body", compare)


@correction("choice-assign")
def choice_assign():
    def choose(self, env):
        self.comparison.eval(env)
        holds = env.stack.pop()
        if holds and self.assign:
            self.assign.eval(env)
        env.stack.append(holds)

    original = Preprocessor.visitChoice_rule_comparison_variable

    def rule(self, ctx):
        read = original(self, ctx)
        parts = [self.visit(child) for child in ctx.children]
        read.assign = next((part for part in parts if isinstance(part, AssignDecl)), None)
        return read

    stack = ExitStack()
    stack.enter_context(method(ChoiceRule, "_eval_body", choose))
    stack.enter_context(method(Preprocessor, "visitChoice_rule_comparison_variable", rule))
    return stack


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


@correction("choice-variable")
def choice_variable():
    def compare(self, env):
        self.string_variable_sample.eval(env=env)
        env.stack[-1], env.stack[-2] = env.stack[-2], env.stack[-1]
        ComparisonFuncValue._eval_body(self, env)
        del env.stack[-2]

    return method(ComparisonFuncStringVariableSample, "_eval_body", compare)


@correction("choice-types")
def choice_types():
    stack = ExitStack()

    def guard(module, family, fits):
        for order in ["Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]:
            operator = getattr(module, family + order)

            def corrected(variable, value, compare=operator._compare):
                return bool(fits(value)) and compare(variable, value)

            stack.enter_context(method(operator, "_compare", staticmethod(corrected)))

    guard(numeric, "Numeric", is_number)
    guard(string_operators, "String", lambda value: isinstance(value, str))
    guard(timestamp_operators, "Timestamp", is_operator.IsTimestamp.is_timestamp)

    def equals(env, value):
        variable = env.stack.pop()
        value = json_path.extract_json(value, env.stack[-1])
        env.stack.append(isinstance(variable, bool) and variable is value)

    stack.enter_context(method(boolean_equals.BooleanEqualsPath, "eval", staticmethod(equals)))
    return stack


def utf16(text):
    """The code units of a text, as Java has them."""
    return memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")


@correction("choice-order")
def choice_order():
    def units(value):
        return "".join(map(chr, utf16(value))) if isinstance(value, str) else value

    stack = ExitStack()
    for name in ["LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]:
        operator = getattr(string_operators, "String" + name)

        def corrected(variable, value, compare=operator._compare):
            return compare(units(variable), units(value))

        stack.enter_context(method(operator, "_compare", staticmethod(corrected)))
    return stack


@correction("timestamps")
def timestamps():
    def read(text):
        found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)", text)
        if not found:
            return None
        whole, fraction, zone = found.groups()
        moment = datetime.fromisoformat(whole + ("+00:00" if zone == "Z" else zone))
        return moment + timedelta(seconds=float(fraction or 0))

    return method(is_operator.IsTimestamp, "string_to_timestamp", staticmethod(read))


@correction("patterns")
def patterns():
    def matches(variable, pattern):
        if not isinstance(variable, str):
            return False
        parts = re.findall(r"\\.|\*|.", pattern, re.S)
        expression = "".join(".*" if part == "*" else re.escape(part[-1]) for part in parts)
        return bool(re.fullmatch(expression, variable, re.S))

    return method(string_operators.StringMatches, "_compare", staticmethod(matches))


def number_text(number):
    """A number as Java writes it."""
    if isinstance(number, int) or 1e-3 <= abs(number) < 1e7 or number == 0:
        return repr(number)
    digits, exponent = f"{Decimal(repr(number)):E}".split("E")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return f"{digits}{'' if '.' in digits else '.0'}E{int(exponent)}"


def java_text(value):
    """What Java's `toString` makes of a value."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={java_text(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(java_text, value)) + "]"
    return number_text(value) if is_number(value) else value if isinstance(value, str) else json.dumps(value)


def java_json(value):
    """JSON without blanks and with letters as they are."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{java_json(name)}:{java_json(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(java_json, value)) + "]"
    return number_text(value) if is_number(value) else json.dumps(value, ensure_ascii=False)


def java_hash(value):
    """Java's `hashCode`, as 32 bits without a sign."""
    if value is None:
        return 0
    if isinstance(value, bool):
        return 1231 if value else 1237
    if is_number(value):
        if isinstance(value, int) and -(2**31) <= value < 2**31:
            return value % 2**32
        bits = value % 2**64 if isinstance(value, int) else struct.unpack("<Q", struct.pack("<d", value))[0]
        return (bits ^ bits >> 32) % 2**32
    if isinstance(value, dict):
        return sum(java_hash(name) ^ java_hash(member) for name, member in value.items()) % 2**32
    hashed = 0 if isinstance(value, str) else 1
    for unit in utf16(value) if isinstance(value, str) else map(java_hash, value):
        hashed = (31 * hashed + unit) % 2**32
    return hashed


def in_hash_order(entries, n, hashed):
    """Entries as a `HashMap` of Java with room for n has them."""
    buckets = 16
    while buckets < n:
        buckets *= 2
    return sorted(entries, key=lambda entry: (hashed(entry) ^ hashed(entry) >> 16) % buckets)


def evaluated(function):
    """The body of an intrinsic function that makes this of its arguments."""

    def evaluate(self, env):
        self.argument_list.eval(env=env)
        env.stack.append(function(*env.stack.pop()))

    return evaluate


@correction("format")
def format_text():
    def fill(self, env):
        self.argument_list.eval(env=env)
        template, *values = env.stack.pop()
        read = [isinstance(getattr(each, "function", None), StringToJson) for each in self.argument_list.arguments[1:]]
        texts = iter([java_json(value) if is_read else java_text(value) for value, is_read in zip(values, read)])
        parts = re.findall(r"\\.|\{\}|.", getattr(template, "raw", template), re.S)
        check(parts.count("{}") == len(values))
        env.stack.append("".join(next(texts) if part == "{}" else part[-1] for part in parts))

    return method(StringFormat, "_eval_body", fill)


@correction("base64")
def base64_texts():
    def encode(text):
        return base64.b64encode(text.encode()).decode()

    def decode(text):
        return base64.b64decode(text).decode()

    stack = ExitStack()
    stack.enter_context(method(Base64Encode, "_eval_body", evaluated(encode)))
    stack.enter_context(method(Base64Decode, "_eval_body", evaluated(decode)))
    return stack


@correction("json-to-string")
def json_to_string():
    return method(JsonToString, "_eval_body", evaluated(java_json))


@correction("hash")
def hash_of_any():
    def digest(value, name):
        return HashFunc._hash_inp_with_alg(java_text(value), HashAlgorithm(name))

    return method(HashFunc, "_eval_body", evaluated(digest))


@correction("array-contains")
def array_contains():
    def contains(array, value):
        check(isinstance(array, list))
        return java_text(value) in map(java_text, array)

    return method(ArrayContains, "_eval_body", evaluated(contains))


@correction("array-unique")
def array_unique():
    def unique(array):
        check(isinstance(array, list))
        kept = {java_json(value): value for value in reversed(array)}
        return in_hash_order(list(kept.values())[::-1], len(array) * 4 // 3 + 1, java_hash)

    return method(ArrayUnique, "_eval_body", evaluated(unique))


@correction("array-get-item")
def array_get_item():
    def item(array, index):
        check(isinstance(array, list) and is_number(index))
        check(not array or 0 <= int(index) < len(array))
        return array[int(index)] if array else None

    return method(ArrayGetItem, "_eval_body", evaluated(item))


@correction("array-range")
def array_range():
    def numbers(first, last, step):
        array = list(range(int(first), int(last) + (1 if step > 0 else -1), int(step)))
        check(len(array) <= 1000)
        return array

    return method(ArrayRange, "_eval_body", evaluated(numbers))


@correction("math-add")
def math_add():
    def add(*numbers):
        check(all(map(is_number, numbers)))
        whole = [math.floor(number + 0.5) for number in numbers]
        check(all(-(2**31) <= number < 2**31 for number in [*whole, sum(whole)]))
        return sum(whole)

    return method(MathAdd, "_eval_body", evaluated(add))


@correction("json-merge")
def json_merge():
    def merge(one, other, _):
        check(isinstance(one, dict) and isinstance(other, dict))
        merged = {**one, **other}
        names = in_hash_order(merged, -(-len(merged) * 4 // 3), java_hash)
        return {name: merged[name] for name in names}

    return method(JsonMerge, "_eval_body", evaluated(merge))


@correction("runtime-errors")
def runtime_errors():
    def named(self, error_name):
        ErrorName.__init__(self, error_name=error_name)

    def is_named(self, env):
        name = env.stack.pop()
        text = name.error_name if name else None
        names = [each.error_name for each in self.error_names]
        wild = "States.ALL" in names or "States.TaskFailed" in names and text != "States.Timeout"
        env.stack.append(text != "States.Runtime" and (wild or text in names))

    stack = ExitStack()
    stack.enter_context(method(CustomErrorName, "__init__", named))
    stack.enter_context(method(ErrorEqualsDecl, "_eval_body", is_named))
    return stack


@correction("null-input")
def null_input():
    stack = ExitStack()
    for owner, name in [(StringJsonPath, "_eval_body"), (ArgumentJsonPath, "_eval_argument")]:
        original = getattr(owner, name)

        def read(self, env, original=original):
            # Fields that are left out stand there as `$`, and pass null on.
            is_default = self.json_path == "$" and env.next_field_name in ("InputPath", "OutputPath", "ItemsPath")
            is_context = isinstance(self, (StringContextPath, ArgumentContextPath))
            if env.stack[-1] is None and not is_default and not is_context:
                raise json_path.NoSuchJsonPathError(json_path=self.json_path, data=None)
            return original(self, env)

        stack.enter_context(method(owner, name, read))
    return stack


@correction("empty-error")
def empty_error():
    original = FailureEventException.get_execution_failed_event_details

    def details(self):
        told = original(self)
        pair = self.extract_error_cause_pair()
        if told is not None and pair is not None and pair[0] is not None:
            told["error"] = pair[0]
        return told

    return method(FailureEventException, "get_execution_failed_event_details", details)


@correction("map-items")
def map_items():
    def evaluate(self, env):
        self.string_sampler.eval(env=env)
        check(isinstance(env.stack[-1], list))

    return method(ItemsPath, "_eval_body", evaluate)


@correction("map-context")
def map_context():
    original = Environment.as_inner_frame_of.__func__

    def frame(cls, env, *arguments, **named):
        inner = original(cls, env, *arguments, **named)
        outer = env.states.context_object.context_object_data
        if "Map" in outer:
            inner.states.context_object.context_object_data["Map"] = outer["Map"]
        return inner

    return method(Environment, "as_inner_frame_of", classmethod(frame))


@correction("result-into-null")
def result_into_null():
    original = ResultPath._eval_body

    def place(self, env):
        steps = re.findall(r"\.([^.]+)", self.result_path_src or "")
        document = env.states.get_input()
        for step in steps:
            check(isinstance(document, dict))
            if step not in document:
                break
            document = document[step]
        original(self, env)

    return method(ResultPath, "_eval_body", place)
