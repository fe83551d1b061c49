//! Connections that break while a commit is on its way, and servers that go away and come back.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chancery_ledger::tokio_postgres::Config;
use chancery_ledger::tokio_postgres::config::Host;
use chancery_ledger::{
    Commit, CommitError, Committed, Failure, Hash, Outcome, PostgresStore, Store, Verification, Version,
};

use crate::setting::{Place, commit, event, key, made, stream, tenant};

/// What the way to the server does with the next commit.
#[derive(Copy, Clone, Eq, PartialEq)]
enum Cut {
    /// Breaks before the server has it.
    Before,
    /// Lets it through, and breaks before the answer.
    After,
}

/// A way to the server that breaks once, when a commit passes and it is told to.
fn way(place: &Place, cut: Cut, armed: &Arc<AtomicBool>) -> u16 {
    let Some(Host::Tcp(host)) = place.config.get_hosts().first() else { panic!("a server reached by TCP") };
    let server = (host.clone(), place.config.get_ports().first().copied().unwrap_or(5432));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let armed = Arc::clone(armed);
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(&server).unwrap());
            let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || drop(std::io::copy(&mut from, &mut to)));
            let armed = Arc::clone(&armed);
            std::thread::spawn(move || pass(client, server, cut, &armed));
        }
    });
    port
}

fn pass(mut client: TcpStream, mut server: TcpStream, cut: Cut, armed: &AtomicBool) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count @ 1..) = client.read(&mut bytes) {
        let is_commit = bytes[..count].windows(7).any(|word| word == b"COMMIT\0");
        if is_commit && armed.swap(false, Ordering::SeqCst) {
            // The answer must not come through.
            drop(client.shutdown(Shutdown::Both));
            if cut == Cut::After {
                server.write_all(&bytes[..count]).unwrap();
                // Until the server has done it: then it waits for the next statement, and is told that none comes.
                std::thread::sleep(std::time::Duration::from_millis(500));
            }
            drop(server.shutdown(Shutdown::Both));
            return;
        }
        if server.write_all(&bytes[..count]).is_err() {
            return;
        }
    }
    drop(server.shutdown(Shutdown::Both));
}

fn asked() -> Commit {
    commit().append(&stream("s"), Version(1), [event("once")]).key(key("k"), Hash::of(b"once"), "answer")
}

#[test]
fn a_connection_that_breaks_under_a_commit_leaves_it_unknown_and_the_key_tells() {
    for cut in [Cut::Before, Cut::After] {
        let Some(place) = Place::new() else { return };
        let armed = Arc::new(AtomicBool::new(false));
        let mut config = Config::new();
        config.host("127.0.0.1").port(way(&place, cut, &armed));
        config.application_name(&*place.schema);
        config.user(place.config.get_user().unwrap_or("postgres"));
        if let Some(password) = place.config.get_password() {
            config.password(password);
        }
        if let Some(database) = place.config.get_dbname() {
            config.dbname(database);
        }
        let store = PostgresStore::open(place.reached_by(config)).unwrap();
        made(&store, &commit().append(&stream("s"), Version(0), [event("before")]));

        armed.store(true, Ordering::SeqCst);
        let Err(CommitError::Failed(error)) = store.commit(&asked()) else { panic!("the connection broke") };
        assert_eq!((error.kind, error.outcome), (Failure::Unavailable, Outcome::Unknown));
        // The same commit again, by the same store on another connection: it acts once.
        match (cut, store.commit(&asked())) {
            (Cut::Before, Ok(Committed::Appended(appended))) => assert_eq!(appended.last.0, 1),
            (Cut::After, Ok(Committed::Replayed(request))) => assert_eq!(request.result, b"answer"),
            (_, other) => panic!("{other:?}"),
        }
        assert_eq!(store.log(&tenant()).unwrap().size(), 2);
        assert!(matches!(place.verify(), Verification::ConsistentOnly { .. }));
    }
}

/// As a server that restarts: all connections end, and the store goes on with new ones.
#[test]
fn a_store_outlives_its_connections() {
    let Some(place) = Place::new() else { return };
    let store = place.open();
    made(&store, &commit().append(&stream("s"), Version(0), [event("a")]));
    for n in 1..6 {
        let raw = place.raw();
        let own = "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity
            WHERE application_name = $1 AND pid <> pg_backend_pid()";
        raw.query(own, &[&place.schema]);
        std::thread::sleep(std::time::Duration::from_millis(50));
        made(&store, &commit().append(&stream("s"), Version(n), [event("b")]));
    }
    assert_eq!(store.log(&tenant()).unwrap().size(), 6);
}
