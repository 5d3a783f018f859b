use std::io::Write as _;

use super::npy::MAGIC;
use super::*;

/// Returns a file as NumPy writes it.
fn npy(descr: &str, fortran: bool, shape: &str, bytes: &[u8]) -> Vec<u8> {
    let fortran = if fortran { "True" } else { "False" };
    let mut header =
        format!("{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}");
    while (header.len() + 11) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut file = MAGIC.to_vec();
    file.extend([1, 0]);
    file.extend(u16::try_from(header.len()).unwrap_or(0).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(bytes);
    file
}

fn npz(files: &[(&str, Vec<u8>)], deflated: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
    for (name, bytes) in files {
        let method = if deflated {
            rawzip::CompressionMethod::DEFLATE
        } else {
            rawzip::CompressionMethod::STORE
        };
        let (mut entry, config) = archive
            .new_file(*name)
            .compression_method(method)
            .start()
            .unwrap();
        if deflated {
            let encoder =
                flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
            let mut writer = config.wrap(encoder);
            writer.write_all(bytes).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            entry.finish(descriptor).unwrap();
        } else {
            let mut writer = config.wrap(&mut entry);
            writer.write_all(bytes).unwrap();
            let (_, descriptor) = writer.finish().unwrap();
            entry.finish(descriptor).unwrap();
        }
    }
    archive.finish().unwrap();
    out
}

fn bytes<const N: usize>(numbers: &[f64], of: impl Fn(f64) -> [u8; N]) -> Vec<u8> {
    numbers.iter().flat_map(|number| of(*number)).collect()
}

const NUMBERS: [f64; 6] = [1.0, -2.0, 3.0, 4.0, 5.0, 6.5];

#[test]
#[allow(clippy::cast_possible_truncation, reason = "that is what is read")]
fn every_type_and_order_is_read() {
    let of_double = bytes(&NUMBERS, f64::to_le_bytes);
    let turned = [1.0, 4.0, -2.0, 5.0, 3.0, 6.5];
    let whole = [1.0, -2.0, 3.0, 4.0, 5.0, 6.0];
    let half: Vec<u8> = [0x3c00_u16, 0xc000, 0x4200, 0x4400, 0x4500, 0x4680]
        .iter()
        .flat_map(|bits| bits.to_le_bytes())
        .collect();
    for (descr, fortran, bytes, numbers, precision) in [
        ("'<f8'", false, of_double, NUMBERS, Precision::Double),
        (
            "'>f8'",
            false,
            bytes(&NUMBERS, f64::to_be_bytes),
            NUMBERS,
            Precision::Double,
        ),
        (
            "'<f8'",
            true,
            bytes(&turned, f64::to_le_bytes),
            NUMBERS,
            Precision::Double,
        ),
        (
            "'<f4'",
            false,
            bytes(&NUMBERS, |v| (v as f32).to_le_bytes()),
            NUMBERS,
            Precision::Single,
        ),
        (
            ">f4\"".replace('>', "\">").as_str(),
            false,
            bytes(&NUMBERS, |v| (v as f32).to_be_bytes()),
            NUMBERS,
            Precision::Single,
        ),
        ("'<f2'", false, half, NUMBERS, Precision::Half),
        (
            "'<i8'",
            false,
            bytes(&whole, |v| (v as i64).to_le_bytes()),
            whole,
            Precision::Double,
        ),
        (
            "'>i2'",
            false,
            bytes(&whole, |v| (v as i16).to_be_bytes()),
            whole,
            Precision::Double,
        ),
        (
            "'|i1'",
            false,
            bytes(&whole, |v| (v as i8).to_le_bytes()),
            whole,
            Precision::Double,
        ),
        (
            "'|b1'",
            false,
            vec![1, 0, 1, 1, 0, 0],
            [1.0, 0.0, 1.0, 1.0, 0.0, 0.0],
            Precision::Double,
        ),
    ] {
        let file = npy(descr, fortran, "(2, 3)", &bytes);
        let [alone] = &read(&file, "W1").unwrap()[..] else {
            panic!("{descr}")
        };
        assert_eq!(alone.name, "W1");
        assert_eq!(alone.shape, [2, 3], "{descr}");
        assert_eq!(alone.values, numbers, "{descr} {fortran}");
        assert_eq!(alone.precision, precision, "{descr}");
        for deflated in [false, true] {
            let archive = npz(
                &[("a.npy", file.clone()), ("b.npy", file.clone())],
                deflated,
            );
            let arrays = read(&archive, "mine").unwrap();
            assert_eq!(arrays.len(), 2);
            assert_eq!((&*arrays[1].name, &arrays[1].values), ("b", &alone.values));
        }
    }
    let one = npy("'<f8'", false, "()", &0.5_f64.to_le_bytes());
    assert!(read(&one, "J").unwrap()[0].shape.is_empty());
}

/// An array in which no number has many digits may be rounded; one with fewer than tell is like those that are.
#[test]
#[allow(clippy::cast_possible_truncation, reason = "that is what is read")]
fn few_decimals_are_seen() {
    let full = [0.549_833_997_312_478];
    let short = [0.55, 0.711, -0.06, 2.0];
    let double = |numbers: &[f64]| {
        let shape = format!("({},)", numbers.len());
        npy("'<f8'", false, &shape, &bytes(numbers, f64::to_le_bytes))
    };
    let single = |numbers: &[f64]| {
        let shape = format!("({},)", numbers.len());
        let bytes = bytes(numbers, |v| (v as f32).to_le_bytes());
        npy("'<f4'", false, &shape, &bytes)
    };
    let read = |files: [Vec<u8>; 2]| {
        let [a, b] = files;
        let arrays = read(&npz(&[("a.npy", a), ("b.npy", b)], false), "mine").unwrap();
        (arrays[0].precision, arrays[1].precision)
    };
    // Three decimals, its own or those of the other array.
    let few = |precision: Precision, is_single: bool, is_of_others: bool| {
        let Precision::Few { written, .. } = precision else {
            return false;
        };
        let is_it =
            matches!(precision, Precision::Few { is_single: single, .. } if single == is_single);
        is_it && (written.decimals, written.digits, written.is_of_others) == (3, 3, is_of_others)
    };
    let whole = [1.0, 0.0];
    let (one, other) = read([double(&short), double(&whole)]);
    assert!(few(one, false, false) && few(other, false, true));
    // One that is rounded beside one that is not.
    let (one, other) = read([double(&short), double(&full)]);
    assert!(few(one, false, false));
    assert_eq!(other, Precision::Double);
    let (one, other) = read([single(&short), double(&whole)]);
    assert!(few(one, true, false) && few(other, false, true));
    let (one, other) = read([single(&short), single(&[0.549_833_97])]);
    assert!(few(one, true, false));
    assert_eq!(other, Precision::Single);
    let both = read([double(&[0.5, 1.5]), double(&whole)]);
    assert_eq!(both, (Precision::Double, Precision::Double));
    let both = read([double(&[0.5, 1.5]), double(&full)]);
    assert_eq!(both, (Precision::Double, Precision::Double));
}

#[test]
fn what_cannot_be_read_has_one_message() {
    let double = bytes(&NUMBERS, f64::to_le_bytes);
    let sound = npy("'<f8'", false, "(2, 3)", &double);
    let zeros = npz(
        &[("W1.npy", npy("'<f8'", false, "(1250000000,)", &[0; 4096]))],
        true,
    );
    let many: Vec<(String, Vec<u8>)> = (0..9)
        .map(|at| {
            (
                format!("W{at}.npy"),
                npy("'|i1'", false, "(500000,)", &vec![0; 500_000]),
            )
        })
        .collect();
    let many: Vec<(&str, Vec<u8>)> = many.iter().map(|(name, f)| (&**name, f.clone())).collect();
    for (file, message) in [
        (Vec::new(), "empty"),
        (b"hello".to_vec(), "neither an array"),
        (b"\xff\xff".to_vec(), "neither an array"),
        (b"\xff\xfeP\0K\0".to_vec(), "this is UTF-16"),
        (b"\x80\x04\x95".to_vec(), "pickle"),
        (sound[..40].to_vec(), "ends too early"),
        (sound[..140].to_vec(), "ends too early"),
        (
            npy("'|O'", false, "(2,)", b"\x80\x03cos\nsystem"),
            "Python objects",
        ),
        (npy("'<c16'", false, "(2,)", &[0; 32]), "complex"),
        (npy("'<U3'", false, "(2,)", &[0; 24]), "text"),
        (npy("'<f16'", false, "(1,)", &[0; 16]), "float64"),
        (npy("'<M8[ns]'", false, "(1,)", &[0; 8]), "no numbers"),
        (npy("[('a', '<f8')]", false, "(1,)", &[0; 8]), "records"),
        (
            npy("'<f8'", false, "(99999999999999999999,)", &[]),
            "NumPy does not write",
        ),
        (
            npy("'<f8'", false, "(4294967296, 4294967296)", &[]),
            "too many numbers",
        ),
        (zeros, "too many numbers"),
        (npz(&many, true), "more than"),
        (
            npz(&[("a.npy", sound.clone()), ("a.npy", sound.clone())], false),
            "two arrays",
        ),
        (npz(&[("a.txt", sound.clone())], false), "a.txt"),
        (
            npz(&[("x/data.pkl", b"\x80\x02".to_vec())], false),
            "pickle",
        ),
        (
            npz(&[("a.npy", sound.clone())], false)[..60].to_vec(),
            "damaged",
        ),
        (
            {
                let mut file = npz(&[("a.npy", sound.clone())], false);
                let at = file.windows(8).position(|eight| eight == &double[40..48]);
                file[at.unwrap()] ^= 1;
                file
            },
            "a is damaged: its checksum",
        ),
        (b"{}".to_vec(), "no array"),
        (b"[1, 2]".to_vec(), "expected an object"),
        (b"{\"z1\": [[1, 2], [3]]}".to_vec(), "not of one length"),
        (b"{\"z1\": [[1, \"a\"]]}".to_vec(), "no number"),
        (b"{\"z1\": [[NaN]]}".to_vec(), "NaN is no number of JSON"),
        (b"{\"z1\": [1], \"z1\": [1]}".to_vec(), "two arrays"),
        (b"{\"z1\": [1}".to_vec(), "line 1, column 10"),
        ("[".repeat(100_000).into_bytes(), "no JSON"),
    ] {
        let error = read(&file, "mine").unwrap_err().to_string();
        assert!(error.contains(message), "{message}: {error}");
        assert!(!error.contains(char::is_control), "{error}");
    }
}

#[test]
fn json_is_flat_in_the_end() {
    let text = br#"{"by": "me", "z1": [[0.5, 1]], "J": 0.25, "grads": {"W1": [[1], [2]]}, "weights": [[[1, 2]], [[3], [4]]]}"#;
    let arrays = read(text, "mine").unwrap();
    let names: Vec<(&str, &[usize])> = arrays
        .iter()
        .map(|array| (&*array.name, &*array.shape))
        .collect();
    assert_eq!(
        names,
        [
            ("z1", &[1, 2][..]),
            ("J", &[]),
            ("grads.W1", &[2, 1]),
            ("weights.0", &[1, 2]),
            ("weights.1", &[2, 1]),
        ]
    );
    // A list of biases has one for each layer, as many as it has units.
    let text = br#"{"b": [[1, 2, 3], [4]], "dbs": [[1, 2, 3], [4]], "B": [[1, 2], [3, 4]]}"#;
    let arrays = read(text, "mine").unwrap();
    let names: Vec<&str> = arrays.iter().map(|array| &*array.name).collect();
    assert_eq!(names, ["b.0", "b.1", "dbs.0", "dbs.1", "B"]);
    // Objects of a program, and rows of different things, where no name says that they are needed.
    let text = br#"{"caches": [[[1], [[2]]], [{"a": 1}]], "names": ["a", "b"], "log": [{"J": 1}], "z1": [1, 2]}"#;
    let arrays = read(text, "mine").unwrap();
    let names: Vec<(&str, &[usize])> = arrays
        .iter()
        .map(|array| (&*array.name, &*array.shape))
        .collect();
    assert_eq!(
        names,
        [
            ("caches.0", &[0][..]),
            ("caches.1", &[0]),
            ("names", &[0]),
            ("log", &[0]),
            ("z1", &[2]),
        ]
    );
    // Each list is looked at once, however deep it lies.
    let deep = format!("{{\"log\": {}1{}}}", "[".repeat(100), "]".repeat(100));
    assert_eq!(read(deep.as_bytes(), "mine").unwrap()[0].shape.len(), 99);
    let escaped = read("{\"\\u001b[31mz1\": 1}".as_bytes(), "mine").unwrap();
    assert!(!escaped[0].name.contains(char::is_control));
}
