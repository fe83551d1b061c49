//! What every store must do, as tests.

/// Tests that hold a [`BlobStore`](crate::BlobStore) to its promises, each on an empty store of its own. Call it in a
/// module of your tests, with an expression that makes a store and keeps alive what it needs.
///
/// Durability is not among them: no test within one process can see it.
///
/// ```
/// mod my_store_keeps_its_promises {
///     chancery_digest::blob_store_conformance!(chancery_digest::MemoryBlobStore::new());
/// }
/// ```
#[macro_export]
macro_rules! blob_store_conformance {
    ($store:expr) => {
        use $crate::{BlobError, BlobId, BlobStore, Removal, Source};

        #[cfg(test)]
        fn everything(source: &dyn Source) -> Vec<u8> {
            source.read_range(0..source.len()).unwrap().into_owned()
        }

        #[test]
        fn what_is_put_can_be_opened() {
            let store = $store;
            let long: Vec<u8> = (0..=u8::MAX).cycle().take(300_001).collect();
            for bytes in [&b""[..], b"I approve this contract", &long] {
                let kept = store.put(&mut &bytes[..], bytes.len() as u64).unwrap();
                assert_eq!(kept.id(), BlobId::of(bytes));
                assert_eq!(kept.length(), bytes.len() as u64);
                let source = store.open(&kept.id()).unwrap();
                assert_eq!(everything(&*source), bytes);
                assert_eq!(source.read_range(0..kept.length() / 2).unwrap(), &bytes[..bytes.len() / 2]);
            }
        }

        #[test]
        fn the_same_bytes_are_the_same_blob() {
            let store = $store;
            let first = store.put(&mut &b"contract"[..], 8).unwrap();
            assert_eq!(store.put(&mut &b"contract"[..], 8).unwrap(), first);
            assert_eq!(store.remove(&first.id()).unwrap(), Removal::Removed);
            assert!(matches!(store.open(&first.id()), Err(BlobError::Missing { blob }) if blob == first.id()));
        }

        #[test]
        fn a_missing_blob_is_an_answer() {
            let store = $store;
            let nobody = BlobId::of(b"never put");
            assert!(matches!(store.open(&nobody), Err(BlobError::Missing { blob }) if blob == nobody));
            assert_eq!(store.remove(&nobody).unwrap(), Removal::WasMissing);
        }

        #[test]
        fn what_is_too_long_is_not_kept() {
            let store = $store;
            let too_long = store.put(&mut &b"contract"[..], 7);
            assert!(matches!(too_long, Err(BlobError::TooLong { limit: 7 })), "{too_long:?}");
            let endless = store.put(&mut std::io::repeat(7), 1_000_000);
            assert!(matches!(endless, Err(BlobError::TooLong { limit: 1_000_000 })), "{endless:?}");
            for kept in [&b"contract"[..], b"contrac", &[7; 1_000_000]] {
                assert!(matches!(store.open(&BlobId::of(kept)), Err(BlobError::Missing { .. })));
            }
        }

        #[test]
        fn what_a_failing_reader_gave_is_not_kept() {
            /// Gives some bytes, then fails.
            struct Torn(&'static [u8]);

            impl std::io::Read for Torn {
                fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                    match std::mem::take(&mut self.0) {
                        b"" => Err(std::io::ErrorKind::ConnectionReset.into()),
                        mut rest => rest.read(buffer),
                    }
                }
            }

            let store = $store;
            let torn = store.put(&mut Torn(b"half of a contract"), 1_000);
            assert!(matches!(&torn, Err(BlobError::Reader(error)) if error.kind() == std::io::ErrorKind::ConnectionReset));
            assert!(matches!(store.open(&BlobId::of(b"half of a contract")), Err(BlobError::Missing { .. })));
        }

        #[test]
        fn an_interrupted_reader_is_read_on() {
            struct Interrupted<'a>(&'a [u8], u32);

            impl std::io::Read for Interrupted<'_> {
                fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                    self.1 += 1;
                    match self.1 % 2 {
                        0 => self.0.read(&mut buffer[..1]),
                        _ => Err(std::io::ErrorKind::Interrupted.into()),
                    }
                }
            }

            let store = $store;
            let kept = store.put(&mut Interrupted(b"contract", 0), 8).unwrap();
            assert_eq!(kept.id(), BlobId::of(b"contract"));
        }

        #[test]
        fn many_writers_of_one_blob_do_not_disturb_each_other() {
            let store = &$store;
            let bytes: &[u8] = &[7; 200_000];
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(move || {
                        for _ in 0..5 {
                            let kept = store.put(&mut &bytes[..], 200_000).unwrap();
                            assert_eq!(everything(&*store.open(&kept.id()).unwrap()), bytes);
                        }
                    });
                }
            });
        }

        #[test]
        fn a_store_is_an_object() {
            let store: Box<dyn BlobStore> = Box::new($store);
            assert_eq!(store.put(&mut &b"contract"[..], 8).unwrap().length(), 8);
        }
    };
}
