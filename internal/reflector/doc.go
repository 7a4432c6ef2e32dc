// Package reflector keeps the store equal to an engine: it lists, watches and
// inspects, and it is the only writer of resources to the store.
//
// # How
//
// A session with the engine subscribes to the events (from 5 s before the last
// one that was heard), then lists, then compares, then lives on the events. An
// event is a hint that a container's key is dirty; what the container has
// become is asked of the engine. The first mark of a quiet key is worked at
// once, marks within 25 ms of it fold into one more inspect, and a mark during
// an inspect means another one. A container that the engine does not find is
// removed. Only "destroy" is believed without asking.
//
// # The order of events
//
// Each event reaches the store exactly once, in the same store.Change as the
// state it caused, so it is held until an inspect that began after it has
// answered: for a second at most, or until that inspect has failed. Events of
// one container, and of networks and volumes that name it, keep the order in
// which they came; events of different containers may pass each other, unless
// they are replayed: those keep their order among all, see line.go. Events of
// the engine itself are never held, but for a place in the line of a replay.
//
// # Images, volumes and networks
//
// They are followed in the same way, with two workers of their own, so that no
// container waits for them (type resources). An image's event asks for the list
// of all images; a volume's and a network's for that one. An event of a network
// that a container was connected to stays with the container's events, and waits
// for the network as well if that can be asked at once. Disk use is measured in
// the background (disk.go), and the sizes become part of images and volumes.
//
// So an event is as late as the engine's own knowledge of what it tells. That
// is a millisecond or two, but for "die": Docker sends it while it holds the
// container's lock, and goes on to take the network down (measured on 20.10: 50
// to 190 ms). Until then its list and its inspect say "running" to everybody.
//
// Left out of the log are the exec events of containers with a health check
// (there, nothing tells a user's exec from the check's, which comes three
// times every few seconds for as long as the container lives; what the check
// finds arrives as health_status), and health_status events that repeat the
// verdict before. The exec events of other containers are kept, but for those
// heard before the first list: until then, nothing tells who has a check.
//
// # What nobody could hear
//
// After a gap (the stream was cut, the queue overflowed, the machine slept) and
// on the regular relist, a container whose start or finish time no event has
// told gets an inferred event, with the time the engine recorded. The verdict
// waits a moment after the list, so that events which are on their way, or are
// replayed, speak first; see infer.go. The first list of an engine infers
// nothing: what was there before is no news. Images, volumes and networks that
// have come or gone in a gap get an inferred event as well; see
// resource_infer.go.
//
// # Goroutines and locks
//
// The goroutine of Run owns all state (type tracker) and is the only one that
// writes to the store. For each session it starts, and waits for: one that
// decodes events and puts them into a bounded queue, and does nothing else; a
// pinger; a few that inspect, and two that ask for images, volumes and networks;
// and one for each list and each measurement of disk use. They speak to it through
// channels. The only lock guards the metrics source's name; nothing is called
// under it.
package reflector
