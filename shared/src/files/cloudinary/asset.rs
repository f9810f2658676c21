//! What an address says about a file at Cloudinary.

use percent_encoding::percent_decode_str;

/// The host of every address that Cloudinary gives out.
const HOST: &str = "https://res.cloudinary.com/";

/// How the addresses of files begin that only this program answers.
pub const CHECKED: &str = "/uploads/cloud/";

/// What a step of a picture's change may begin with, before an underscore: a segment made of these is no folder.
const STEPS: &[&str] = &[
    "a", "ac", "af", "ar", "b", "bl", "bo", "br", "c", "co", "cs", "d", "dl", "dn", "dpr", "du", "e", "eo",
    "f", "fl", "fn", "fps", "g", "h", "if", "ki", "l", "o", "p", "pg", "q", "r", "so", "sp", "t", "u", "vc",
    "vs", "w", "x", "xc", "y", "yc", "z",
];

/// A file as the service's interface names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// `image`, `raw` (kept as it is) or `video`.
    pub kind: &'static str,
    /// `upload` (whoever knows the address), `authenticated` or `private` (signed requests only).
    pub delivery: &'static str,
    /// Its name with the folder, and for `raw` with the extension.
    pub public_id: String,
    /// The extension in the address.
    pub extension: Option<String>,
}

impl Asset {
    /// The file at `/uploads/cloud/<name>` or `https://res.cloudinary.com/<cloud>/...`; none for another account or folder.
    pub fn at(address: &str, cloud: &str, folder: &str) -> Option<Self> {
        let asset = match address.strip_prefix(CHECKED) {
            Some(name) => Self::checked(name, folder),
            None => Self::delivered(address.strip_prefix(HOST)?.strip_prefix(cloud)?.strip_prefix('/')?)?,
        };
        name_in(&asset.public_id, folder).is_some().then_some(asset)
    }

    /// A file that only this program answers.
    pub fn checked(name: &str, folder: &str) -> Self {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_owned());
        Self { kind: "raw", delivery: "authenticated", public_id: format!("{folder}/{name}"), extension }
    }

    /// `<kind>/<delivery>/[s--signature--/][steps/][v123/]<public id>[.extension]`
    fn delivered(path: &str) -> Option<Self> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let mut segments = path.split('/');
        let kind = one_of(&["image", "raw", "video"], segments.next()?)?;
        let delivery = one_of(&["upload", "authenticated", "private"], segments.next()?)?;
        let mut rest: &[&str] = &segments.collect::<Vec<_>>();
        rest = without_first(rest, |segment| segment.starts_with("s--") && segment.ends_with("--"));
        while rest.len() > 1 && is_change(rest[0]) {
            rest = &rest[1..];
        }
        rest = without_first(rest, is_version);
        let id = percent_decode_str(&rest.join("/")).decode_utf8().ok()?.into_owned();
        let (stem, extension) = match id.rsplit_once('.') {
            Some((stem, extension)) if !extension.contains('/') => (stem, Some(extension.to_owned())),
            _ => (&*id, None),
        };
        let public_id = if kind == "raw" { id.clone() } else { stem.to_owned() };
        Some(Self { kind, delivery, public_id, extension })
    }
}

/// The name in our folder, without the folder.
fn name_in<'a>(public_id: &'a str, folder: &str) -> Option<&'a str> {
    public_id.strip_prefix(folder)?.strip_prefix('/').filter(|name| !name.is_empty())
}

/// The name without the folder, if this program made it: `<prefix>-<32 hex digits>`, and for `raw` the extension.
pub fn own_name<'a>(public_id: &'a str, folder: &str) -> Option<&'a str> {
    let name = name_in(public_id, folder)?;
    let (prefix, id) = name.split('.').next()?.rsplit_once('-')?;
    let is_hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    let ours = !prefix.is_empty() && !name.contains('/') && id.len() == 32 && id.chars().all(is_hex);
    ours.then_some(name)
}

fn one_of(words: &[&'static str], word: &str) -> Option<&'static str> {
    words.iter().find(|known| **known == word).copied()
}

fn without_first<'a, 'b>(segments: &'a [&'b str], unwanted: impl Fn(&str) -> bool) -> &'a [&'b str] {
    match segments {
        [first, rest @ ..] if !rest.is_empty() && unwanted(first) => rest,
        _ => segments,
    }
}

/// `c_limit,h_1200,w_1200`, `q_auto:good`, `$size_100`: how the picture is to be changed on its way.
fn is_change(segment: &str) -> bool {
    segment.split(',').all(|step| match step.split_once('_') {
        Some((name, value)) => !value.is_empty() && (STEPS.contains(&name) || name.starts_with('$')),
        None => false,
    })
}

fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDER: &str = "school-files";

    fn at(path: &str) -> Option<(&'static str, &'static str, String)> {
        let asset = Asset::at(&format!("https://res.cloudinary.com/demo/{path}"), "demo", FOLDER)?;
        Some((asset.kind, asset.delivery, asset.public_id))
    }

    #[track_caller]
    fn is_picture(path: &str, name: &str) {
        assert_eq!(at(path), Some(("image", "upload", format!("{FOLDER}/{name}"))), "{path}");
    }

    #[test]
    fn versions_changes_and_signatures_are_no_part_of_a_name() {
        is_picture("image/upload/v1700000000/school-files/abc.jpg", "abc");
        is_picture("image/upload/school-files/abc.jpg", "abc");
        is_picture("image/upload/school-files/abc", "abc");
        is_picture("image/upload/c_limit,h_1200,w_1200,q_auto:good/v17/school-files/abc.png", "abc");
        is_picture("image/upload/c_fill,w_100/e_grayscale/f_auto/school-files/abc.webp", "abc");
        is_picture("image/upload/s--a1B2c3D4--/t_face/v1/school-files/abc.gif?x=1", "abc");
        is_picture("image/upload/v1/school-files/2024/v2/w_1.x.jpg", "2024/v2/w_1.x");
        is_picture("image/upload/v1/school-files/J.%20Cruz%20(2).jpg", "J. Cruz (2)");
    }

    #[test]
    fn a_raw_file_keeps_its_extension_in_its_name() {
        let id = "school-files/letter-1.pdf".to_owned();
        assert_eq!(at("raw/upload/v1/school-files/letter-1.pdf"), Some(("raw", "upload", id.clone())));
        let checked = Asset::at("/uploads/cloud/letter-1.pdf", "demo", FOLDER);
        let extension = Some("pdf".to_owned());
        let expected = Asset { kind: "raw", delivery: "authenticated", public_id: id, extension };
        assert_eq!(checked, Some(expected));
    }

    #[test]
    fn other_accounts_folders_and_services_are_left_alone() {
        for path in [
            "image/upload/v1/elsewhere/abc.jpg",
            "image/upload/v1/school-files-2/abc.jpg",
            "image/upload/v1/school-files",
            "image/upload/v1/school-files/",
            "image/fetch/https://example.test/school-files/a.png",
            "images/v1/school-files/abc/name.jpg",
            "image/upload",
            "",
        ] {
            assert_eq!(at(path), None, "{path}");
        }
        for address in [
            "https://res.cloudinary.com/demo2/image/upload/v1/school-files/abc.jpg",
            "http://res.cloudinary.com/demo/image/upload/v1/school-files/abc.jpg",
            "https://example.test/demo/image/upload/v1/school-files/abc.jpg",
            "/uploads/abc.jpg",
            "/uploads/cloud/",
        ] {
            assert_eq!(Asset::at(address, "demo", FOLDER), None, "{address}");
        }
    }

    #[test]
    fn names_of_the_legacy_server_are_not_ours() {
        let own = |name: &str| own_name(&format!("{FOLDER}/{name}"), FOLDER).is_some();
        assert!(own("letter-00112233445566778899aabbccddeeff.pdf"));
        assert!(own("profile-00112233445566778899aabbccddeeff"));
        for id in [
            "zk2ssuyxuk1rvihwaqbq",
            "profile-1700000000000-123456789",
            "00112233445566778899aabbccddeeff",
            "-00112233445566778899aabbccddeeff",
            "profile-00112233445566778899AABBCCDDEEFF",
            "old/profile-00112233445566778899aabbccddeeff",
        ] {
            assert!(!own(id), "{id}");
        }
    }
}
