// Numbers as people read them: what netviz/numerals.py writes, for values that a reader asks for.
// numerals.number(1234.5) is 1235; numerals.percent(0.4512, sign), with the language's sign; numerals.measured(whole, power)
// shows no digit that was not measured. A classic script, since modules don't load from file://.
const numerals = (function () {
  "use strict";
  const [NOTHING, MINUS, SPACE, NARROW_SPACE, DIGITS] = ["\u2013", "\u2212", "\u00a0", "\u202f", 3];
  const isPlain = (size) => size >= 1e-3 && size < 1e7;
  const signOf = (value) => (value < 0 ? MINUS : "");

  const fixed = (value, decimals) => {
    const text = Math.abs(value).toFixed(decimals);
    const [whole, ...rest] = text.split(".");
    const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE) : whole;
    return (/[1-9]/.test(text) ? signOf(value) : "") + [grouped, ...rest].join(".");
  };
  const raised = (power) => String(power).replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
  const inPowers = (mantissa, power) => `${fixed(mantissa, DIGITS - 1)}${SPACE}×${SPACE}10${raised(power)}`;

  const number = (value) => {
    if (value == null || !Number.isFinite(value)) return NOTHING;
    const size = Math.abs(value);
    const rounded = Number(size.toPrecision(DIGITS));
    if (!rounded) return "0";
    if (!isPlain(rounded)) {
      const [mantissa, power] = size.toExponential(DIGITS - 1).split("e");
      return signOf(value) + inPowers(Number(mantissa), Number(power));
    }
    if (rounded >= 10 ** DIGITS) return fixed(value, 0);
    return signOf(value) + String(Number(size.toPrecision(DIGITS)));
  };
  const beyond = (value, limit, isCloser, sign) =>
    `${isCloser === (value > 0) ? "<" : ">"}${SPACE}${signOf(value)}${limit}${sign}`;
  const percent = (share, sign) => {
    if (share == null || !Number.isFinite(share)) return NOTHING;
    const value = 100 * share;
    const size = Math.abs(value);
    if (size > 0 && size < 1e-4) return beyond(value, "0.0001", true, sign);
    if (size >= 99.95 && size < 100) return beyond(value, "99.9", false, sign);
    if (size > 100 && size < 100.5) return beyond(value, "100", false, sign);
    if (size > 0 && size < 0.1) return signOf(value) + Number(size.toPrecision(2)).toFixed(6).replace(/0+$/, "") + sign;
    return fixed(value, size > 0 && size < 100 ? 1 : 0) + sign;
  };
  const measured = (whole, power) => {
    const exponent = power + DIGITS - 1;
    if (!isPlain(10 ** exponent)) return inPowers(whole / 10 ** (DIGITS - 1), exponent);
    return fixed(whole * 10 ** power, Math.max(-power, 0));
  };
  const within = (value, least, most) => Math.min(Math.max(value, least), most);
  return { number, percent, fixed, measured, within };
})();
