package demoengine

import "time"

// appendImage writes a row of GET /images/json.
func appendImage(d *doc, im *image, containers int, sharedSize int64) {
	d.open('{')
	d.num("Containers", int64(containers))
	d.num("Created", im.created.Unix())
	d.str("Id", im.id)
	d.labels("Labels", im.labels())
	d.raw(`"ParentId":"","RepoDigests":[]`)
	d.strs("RepoTags", im.tags)
	d.num("SharedSize", sharedSize)
	d.num("Size", im.size)
	d.num("VirtualSize", im.size)
	d.close('}')
}

// appendImageInspect writes GET /images/{name}/json.
func appendImageInspect(d *doc, im *image) {
	d.open('{')
	d.str("Id", im.id)
	d.strs("RepoTags", im.tags)
	d.raw(`"RepoDigests":[],"Parent":"","Comment":"made up"`)
	d.time("Created", im.created)
	d.raw(`"DockerVersion":"","Author":"","Config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Cmd":null,"WorkingDir":"","Entrypoint":null},"Architecture":"amd64","Os":"linux"`)
	d.num("Size", im.size)
	d.num("VirtualSize", im.size)
	d.raw(`"GraphDriver":{"Data":null,"Name":"overlay2"}`)
	d.object("RootFS")
	d.str("Type", "layers")
	d.strs("Layers", []string{im.id})
	d.close('}')
	d.object("Metadata")
	d.time("LastTagTime", im.created)
	d.close('}')
	d.close('}')
}

// appendVolume writes a row of GET /volumes. refs below 0 leaves the usage out.
func appendVolume(d *doc, v *volume, refs int) {
	d.open('{')
	d.key("CreatedAt")
	d.quote(v.created.UTC().Format(time.RFC3339))
	d.str("Driver", "local")
	d.labels("Labels", v.labels)
	d.str("Mountpoint", v.mountpoint())
	d.str("Name", v.name)
	d.raw(`"Options":null,"Scope":"local"`)
	if refs >= 0 {
		d.object("UsageData")
		d.num("RefCount", int64(refs))
		d.num("Size", int64(len(v.name))<<20)
		d.close('}')
	}
	d.close('}')
}

// appendNetwork writes one network; members are those of an inspect, nil in the list.
func appendNetwork(d *doc, n *network, members []*container) {
	d.open('{')
	d.str("Name", n.name)
	d.str("Id", n.id)
	d.time("Created", n.created)
	d.str("Scope", "local")
	d.str("Driver", n.driver)
	d.raw(`"EnableIPv4":true,"EnableIPv6":false`)
	d.object("IPAM")
	d.raw(`"Driver":"default","Options":null`)
	d.array("Config")
	if n.subnet != "" {
		d.open('{')
		d.str("Subnet", n.subnet)
		d.str("Gateway", n.gateway)
		d.close('}')
	}
	d.close(']')
	d.close('}')
	d.yes("Internal", n.internal)
	d.raw(`"Attachable":false,"Ingress":false,"ConfigFrom":{"Network":""},"ConfigOnly":false`)
	d.object("Containers")
	for _, c := range members {
		a := c.at(n)
		d.object(c.id)
		d.str("Name", c.name)
		d.str("EndpointID", a.endpoint)
		d.str("MacAddress", a.mac)
		bits := "/24"
		if n.name == "bridge" {
			bits = "/16"
		}
		d.str("IPv4Address", a.ip+bits)
		d.str("IPv6Address", "")
		d.close('}')
	}
	d.close('}')
	d.raw(`"Options":{}`)
	d.labels("Labels", n.labels)
	d.close('}')
}
