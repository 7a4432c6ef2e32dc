// Package demoengine is an engine without containers: an in-process server
// that speaks the Docker Engine API (1.40 to 1.51) well enough for the docker
// command line, over a made-up world of Compose projects that comes from a
// seed. It exists for people who have no Docker, and for tests and benchmarks
// with up to 10,000 containers. It always says that it is a demo: see
// PlatformName, Name and Label.
//
// What it imitates, down to the words of its errors and the order of its
// events, was taken from a real Engine 20.10; the statistics have the shape of
// a cgroup v2 host.
//
// Containers are immutable values. A change makes a new value and replaces the
// old one, and tells the event ring, in one critical section of world.mu: the
// event stream and the list can never disagree about the order of things. Lists
// and inspects take the values under the lock and encode them without it. Load
// is a closed formula of time (load.go), so that a container nobody asks about
// costs nothing.
//
// Goroutines: the package starts none of its own but those of its HTTP server
// (Serve) and, while Run runs, the writer of the made cgroup tree if one was
// asked for; Run waits for it. Handlers end when their request's context does.
// Locks: world.mu, then subscriber.mu; neither is held during I/O.
package demoengine
