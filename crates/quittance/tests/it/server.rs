//! The server on a real socket: slow connections, a clean end; and a handler that panics.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use store::testing::Database;
use tokio::sync::oneshot;
use tower::ServiceExt;

use crate::world::{HOST, World};

const HELLO: &str = "GET /healthz HTTP/1.1\r\nHost: billing.provider.example\r\nConnection: close\r\n\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_connections_hold_nobody_up_and_the_end_is_clean() {
    let world = World::on(Database::Sqlite).await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(quittance::web::serve(world.app.clone(), listener, async { drop(stopped.await) }));
    let talk = tokio::task::spawn_blocking(move || {
        let slow: Vec<TcpStream> = (0..300)
            .map(|_| {
                let mut stream = TcpStream::connect(address).unwrap();
                stream.write_all(b"GET / HTTP/1.1\r\nHost: bill").unwrap();
                stream
            })
            .collect();
        let mut worst = Duration::ZERO;
        for _ in 0..50 {
            let started = Instant::now();
            let answer = ask(address, HELLO);
            worst = worst.max(started.elapsed());
            assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"), "{answer}");
        }
        let shut = ask(address, "GET / HTTP/1.1\r\n\r\n");
        assert!(shut.starts_with("HTTP/1.1 421") && shut.contains("x-content-type-options"), "{shut}");
        drop(slow);
        worst
    });
    let worst = talk.await.unwrap();
    assert!(worst < Duration::from_millis(250), "{worst:?}");
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), served).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(address).is_err());
}

fn ask(address: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // Some servers close before everything was read.
    drop(stream.read_to_end(&mut answer));
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_panic_is_an_answer() {
    let world = World::on(Database::Sqlite).await;
    let router: Router = Router::new()
        .route("/", get(|| async { if HOST.is_empty() { "never" } else { panic!("a bug with a secret") } }))
        .layer(from_fn_with_state(world.app.clone(), quittance::web::dress::dress));
    let request = Request::get("/").header("host", HOST).body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 500);
    assert!(response.headers().contains_key("content-security-policy"));
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let text = String::from_utf8_lossy(&body);
    assert!(text.contains("Something broke on our side") && !text.contains("secret"), "{text}");
}
