//! Moments by pictures, by tables. The rows were compared with the reference implementation.

use super::*;
use crate::eval::jsonata::picture::UNCODED;

/// 23 March 2018, a Friday, 10:33:36.617
const MOMENT: f64 = 1_521_801_216_617.0;
/// 30 May 2018, 17:06:40.123
const NOW: i64 = 1_527_700_000_123;

#[test]
fn moments_are_shown() {
    for (picture, expected) in [
        ("Hello", "Hello"),
        ("[[[Y]]]", "[2018]"),
        ("[Y9,999,*]", "2,018"),
        ("[Y,2] [Y01] [Y,*-2] [Y,4-4] [YI] [Yw]", "18 18 18 2018 MMXVIII two thousand and eighteen"),
        ("[M01]/[M]/[MN]/[Mn,3-3]/[MNn,*-3]/[MI]", "03/3/MARCH/mar/Mar/III"),
        ("[D] [D1o] [D#1] [DWwo] [d001]", "23 23rd 23 Twenty-Third 082"),
        ("[F] [FNn] [FN,*-3] [F0]", "friday Friday FRI 5"),
        ("[W] [w] [X] [x] [xNn]", "12 4 2018 3 March"),
        ("[h]:[m]:[s] [P] [PN]", "10:33:36 am AM"),
        ("[H1].[f001].[f]", "10.617.617"),
        ("[Z] [z] [Z0] [Z0000] [Z0101t] [Z01:01t]", "+00:00 GMT+00:00 +0 +0000 Z Z"),
        ("[C] [E] [Q1]", "ISO ISO undefined"),
        ("[ M 01 ]", "03"),
    ] {
        assert_eq!(from_millis(MOMENT, Some(picture), None).as_deref(), Ok(expected), "{picture}");
    }
}

#[test]
fn moments_are_shown_at_an_offset() {
    let picture = "[Y]-[M01]-[D01]T[H01]:[m01][Z]";
    for (timezone, expected) in [
        ("+0000", "2018-03-23T10:33+00:00"),
        ("+1400", "2018-03-24T00:33+14:00"),
        ("-0500", "2018-03-23T05:33-05:00"),
        ("+0530", "2018-03-23T16:03+05:30"),
        // The reference implementation rounds the hours down.
        ("-0530", "2018-03-23T04:03-06:30"),
        ("0100", "2018-03-23T11:33+01:00"),
    ] {
        assert_eq!(from_millis(MOMENT, Some(picture), Some(timezone)).as_deref(), Ok(expected), "{timezone}");
    }
    assert_eq!(from_millis(MOMENT, Some("[Z0] [Z00]"), Some("+0530")).as_deref(), Ok("+5:30 +05:30"));
}

#[test]
fn every_number_shows_as_a_moment() {
    for (millis, expected) in [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (-12.7, "1969-12-31T23:59:59.988Z"),
        (951_782_400_000.0, "2000-02-29T00:00:00.000Z"),
        (-2_203_891_200_001.0, "1900-02-28T23:59:59.999Z"),
        (-62_167_219_200_001.0, "-0001-12-31T23:59:59.999Z"),
        (8.64e15, "5760-09-13T00:00:00.000Z"),
        (-8.64e15, "-1821-04-20T00:00:00.000Z"),
        (8.64e15 + 1.0, "0NaN-NaN-NaNTNaN:NaN:NaN.NaNZ"),
    ] {
        assert_eq!(from_millis(millis, None, None).as_deref(), Ok(expected), "{millis}");
    }
    assert_eq!(from_millis(f64::NAN, Some("[MNn] [P]"), None).as_deref(), Ok("undefined am"));
    assert_eq!(from_millis(f64::NAN, Some("[MN]"), None).map_err(|fault| fault.code), Err(UNCODED));
}

#[test]
fn weeks_are_those_of_iso_8601() {
    for (date, expected) in [
        ("2005-01-01", "2004 53 12 5"),
        ("2005-01-03", "2005 1 1 1"),
        ("2008-12-29", "2009 1 1 1"),
        ("2010-01-03", "2009 53 12 5"),
        ("2018-12-31", "2019 1 1 1"),
        ("2018-04-30", "2018 18 5 1"),
        ("2020-12-31", "2020 53 12 5"),
    ] {
        let millis = to_millis(date, None, NOW).expect("a date").expect("a moment");
        assert_eq!(from_millis(millis, Some("[X] [W] [x] [w]"), None).as_deref(), Ok(expected), "{date}");
    }
}

#[test]
fn moments_are_read() {
    for (text, picture, expected) in [
        ("2018", "[Y1]", "2018-01-01T00:00:00.000Z"),
        ("27 Mar 2018, 3:05 pm", "[D] [MNn,3-3] [Y], [h]:[m01] [P]", "2018-03-27T15:05:00.000Z"),
        ("12 am", "[h] [P]", "2018-05-30T00:00:00.000Z"),
        ("2018-082", "[Y0001]-[d001]", "2018-03-23T00:00:00.000Z"),
        ("Twenty-First of April MCMXC", "[DWwo] of [MNn] [YI]", "1990-04-21T00:00:00.000Z"),
        ("3/4", "[D]/[M]", "2018-04-03T00:00:00.000Z"),
        ("13:45", "[H01]:[m01]", "2018-05-30T13:45:00.000Z"),
        ("2018-02-01T00:00+0530", "[Y]-[M01]-[D01]T[H01]:[m01][Z0001]", "2018-01-31T18:30:00.000Z"),
        ("2018-02-01 GMT-05:30", "[Y]-[M]-[D] [z]", "2018-02-01T04:30:00.000Z"),
        ("20180327", "[Y0001][M01][D01]", "2018-03-27T00:00:00.000Z"),
        ("18", "[Y01]", "1918-01-01T00:00:00.000Z"),
        ("[5.123]", "[[[s].[f]]]", "2018-05-30T17:06:05.123Z"),
    ] {
        let millis = to_millis(text, Some(picture), NOW).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
        let millis = millis.unwrap_or_else(|| panic!("{text} is not as {picture} says"));
        assert_eq!(from_millis(millis, None, None).as_deref(), Ok(expected), "{text} by {picture}");
    }
    for (text, picture) in [("2018", "[M01]"), ("", ""), ("a", "a"), ("Blursday", "[Y]")] {
        assert_eq!(to_millis(text, Some(picture), NOW), Ok(None), "{text} by {picture}");
    }
}

#[test]
fn timestamps_are_read() {
    for (text, expected) in [
        ("1970-01-01T00:00:00.001Z", 1.0),
        ("2017-10-30T16:25:32.935Z", 1_509_380_732_935.0),
        ("2017-10-30T16:25:32.9359+01:30", 1_509_375_332_935.0),
        ("2017-10-30T16:25:32-0130", 1_509_386_132_000.0),
        ("2018", 1_514_764_800_000.0),
        ("2018-02", 1_517_443_200_000.0),
        ("2018-02-30", 1_519_948_800_000.0),
        ("2018-02-01Z", 1_517_443_200_000.0),
        ("2018-02-01T24:00:00", 1_517_529_600_000.0),
        ("0050-01-01", -60_589_296_000_000.0),
    ] {
        assert_eq!(to_millis(text, None, NOW), Ok(Some(expected)), "{text}");
    }
    for text in ["2018-13", "2018-01-32", "2018-01-00", "2018-01-01T24:00:01", "2018-01-01T00:00:00+24:00"] {
        assert!(to_millis(text, None, NOW).is_ok_and(|millis| millis.is_some_and(f64::is_nan)), "{text}");
    }
    for text in ["", "foo", "2018-1-1", "2018-01-01T00:00", "2018-01-01 00:00:00", " 2018", &"2018-01".repeat(50_000)] {
        let fault = to_millis(text, None, NOW).expect_err("no timestamp");
        assert_eq!(fault.code, "D3110");
    }
}

#[test]
fn what_is_no_picture_is_refused() {
    for (picture, code) in [
        ("[Y", "D3135"),
        ("[]", "D3132"),
        ("[q]", "D3132"),
        ("[YN]", "D3133"),
        ("[fN]", UNCODED),
        ("[Z00000]", "D3134"),
        ("[ZN]", "D3134"),
        ("[Y0٠]", "D3131"),
        ("[Yx]", "D3130"),
        ("[Y,1001]", UNCODED),
        ("[Y,99999999999999999999999]", UNCODED),
    ] {
        assert_eq!(from_millis(MOMENT, Some(picture), None).map_err(|fault| fault.code), Err(code), "{picture}");
    }
    for (text, picture, code) in [
        ("1", "[C]", "D3133"),
        ("1", "[Yx]", "D3130"),
        ("1", "[Z0(00]", UNCODED),
        ("5", "[Y٠]", UNCODED),
        ("2018 5", "[Y] [D]", "D3136"),
        ("2018 5", "[X] [W]", "D3136"),
        ("2018 5 7", "[Y] [d] [H]", "D3136"),
    ] {
        assert_eq!(to_millis(text, Some(picture), NOW).map_err(|fault| fault.code), Err(code), "{text} by {picture}");
    }
    let long = "0".repeat(3000);
    let pattern = "[Y]".repeat(300);
    assert_eq!(to_millis(&format!("{long}x"), Some(&pattern), NOW).map_err(|fault| fault.code), Err(UNCODED));
}
